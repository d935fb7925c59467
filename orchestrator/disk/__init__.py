"""Watching the disks that a node writes to: people are told early, and in time nothing more is launched."""
