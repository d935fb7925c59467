"""Exit codes that mean more than failure."""

from __future__ import annotations

__all__ = ["CANNOT_START", "STOOD_STILL"]

CANNOT_START = 3
"""Trying again would mend nothing: a port is taken, another process has the lease, the tables are of newer code."""
STOOD_STILL = 4
"""The process ended itself, since one of its loops stood still and would not have turned again."""
