"""The wall clock of the instrument's PC: local, to the second, without a zone, and ambiguous once a year."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

__all__ = ["local_time", "local_times"]

_DAY_S = 86400
_SLACK_S = 5e-4  # instants are whole milliseconds, which float64 unix seconds miss by a fraction of a microsecond


def local_time(unix_s: float, zone: ZoneInfo) -> str:
    """``2026-01-05 08:00:00``."""
    return _local(unix_s, zone).strftime("%Y-%m-%d %H:%M:%S")


def local_times(unix_s: NDArray[np.float64], zone: ZoneInfo) -> list[str]:
    """Many instants in time order; quick while the zone's offset does not change between them."""
    if not len(unix_s):
        return []
    first_s, last_s = (_offset_s(float(instant), zone) for instant in (unix_s[0], unix_s[-1]))
    if first_s != last_s:
        return [local_time(float(instant), zone) for instant in unix_s]
    day, second = np.divmod(np.floor(unix_s + _SLACK_S).astype(np.int64) + first_s, _DAY_S)
    dates = {number: f"{np.datetime64(number, 'D')} " for number in np.unique(day).tolist()}
    clock = _times_of_day()
    return [dates[d] + clock[s] for d, s in zip(day.tolist(), second.tolist(), strict=True)]


@cache
def _times_of_day() -> tuple[str, ...]:
    """Every second of a day as text, made once: a test of a week tells each of them seven times."""
    return tuple(f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(_DAY_S))


def _local(unix_s: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp((unix_s + _SLACK_S) // 1, UTC).astimezone(zone)


def _offset_s(unix_s: float, zone: ZoneInfo) -> int:
    offset = _local(unix_s, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
