"""Runs as files that other people's programs read: the Battery Data Format, with its metadata beside it."""
