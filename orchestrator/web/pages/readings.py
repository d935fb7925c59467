"""Measured values and durations as the pages' scripts write them, for what the server writes first."""

from __future__ import annotations

from protocols.describe import duration_text

__all__ = ["NOTHING", "duration", "quantity"]

NOTHING = "–"
_PREFIXES = ((0.5, 1.0, ""), (0.5e-3, 1e3, "m"), (0.5e-6, 1e6, "µ"), (0.0, 1e9, "n"))


def quantity(value: float | None, unit: str, digits: int = 4) -> str:
    """``0.55 mA`` from 0.00055 and ``A``; a dash when unknown."""
    if value is None:
        return NOTHING
    size = abs(value)
    _, factor, prefix = next(row for row in _PREFIXES if size >= row[0]) if value else _PREFIXES[0]
    return f"{value * factor:.{digits}g} {prefix}{unit}".replace("-", "−")


def duration(seconds: float | None) -> str:
    """Two leading units: ``2 d 7 h``; a dash when unknown."""
    return NOTHING if seconds is None else duration_text(max(0, round(seconds)))
