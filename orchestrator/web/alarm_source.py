"""What an alarm is about, as a page of this service."""

from __future__ import annotations

import re

__all__ = ["source_path"]

_NUMBERED = re.compile(r"(?:^|\bof )(run|campaign|trip) (\d+)\b")
_TOLD = ("receiver ", "heartbeat ", "test ")


def source_path(source: str) -> str:
    """Where a person finds out more: a run, a campaign, a trip, who is told; else the bench."""
    numbered = _NUMBERED.search(source)
    if numbered is None:
        return "/alarms#receivers" if source.startswith(_TOLD) else "/"
    kind, number = numbered.groups()
    return f"/alarms#trip-{number}" if kind == "trip" else f"/{kind}s/{number}"
