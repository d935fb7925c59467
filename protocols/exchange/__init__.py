"""Protocols in the formats of others, one package each."""
