"""Kinds of events that others look for, by name."""

from __future__ import annotations

__all__ = ["GAP_EVENT"]

GAP_EVENT = "gap"
"""Tells of records which nobody has, where their numbers do not."""
