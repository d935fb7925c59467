"""Times, durations and measured values as a technician says them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from protocols.describe import duration_text

__all__ = ["clock_time", "duration", "moment", "quantity"]

_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
NOTHING = "-"


def duration(seconds: float | None) -> str:
    """Two leading units: ``2 d 7 h``, ``4 min 10 s``; ``-`` when unknown."""
    if seconds is None:
        return NOTHING
    return duration_text(max(0, round(seconds)))


def clock_time(unix_s: float | None, now_unix_s: float, zone: tzinfo | None = None) -> str:
    """``Wed 03:20`` within a week from now, else ``2026-11-25 03:20``, in the machine's zone unless told otherwise."""
    if unix_s is None:
        return NOTHING
    when = datetime.fromtimestamp(unix_s, UTC).astimezone(zone)
    near = abs(unix_s - now_unix_s) < timedelta(days=6).total_seconds()
    return f"{when:%a %H:%M}" if near else f"{when:%Y-%m-%d %H:%M}"


def moment(unix_s: float | None, zone: tzinfo | None = None) -> str:
    """``2026-11-25 03:20:11`` in the machine's zone unless told otherwise."""
    return NOTHING if unix_s is None else f"{datetime.fromtimestamp(unix_s, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def quantity(value: float | None, unit: str, digits: int = 4) -> str:
    """``3.35 mAh`` from 0.00335 and ``Ah``; ``-`` when unknown."""
    if value is None:
        return NOTHING
    factor, prefix = next(((f, p) for f, p in _PREFIXES if abs(value) >= f * 0.9995), _PREFIXES[-1])
    if value == 0:
        factor, prefix = 1.0, ""
    return f"{value / factor:.{digits}g} {prefix}{unit}"
