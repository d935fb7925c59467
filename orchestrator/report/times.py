"""Instants and durations as a report prints them."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestrator.report.numbers import NOTHING
from protocols.describe import duration_text

__all__ = ["duration", "moment"]


def moment(unix_s: float | None) -> str:
    """``2026-11-25 03:20:11 +0100``, in the machine's zone; a dash when unknown."""
    if unix_s is None:
        return NOTHING
    return f"{datetime.fromtimestamp(unix_s, UTC).astimezone():%Y-%m-%d %H:%M:%S %z}"


def duration(seconds: float | None) -> str:
    """Two leading units: ``2 d 7 h``; a dash when unknown."""
    return NOTHING if seconds is None else duration_text(max(0, round(seconds)))
