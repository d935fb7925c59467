"""The wall clock of the instrument's PC: local, to the second, without a zone, and ambiguous once a year."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

__all__ = ["local_time", "local_times"]


def local_time(unix_s: float, zone: ZoneInfo) -> str:
    """``2026-01-05 08:00:00``."""
    return _local(unix_s, zone).strftime("%Y-%m-%d %H:%M:%S")


def local_times(unix_s: NDArray[np.float64], zone: ZoneInfo) -> list[str]:
    """Many instants in time order at once; about 0.2 us each while the zone's offset does not change between them."""
    if not len(unix_s):
        return []
    first_s, last_s = (_offset_s(float(instant), zone) for instant in (unix_s[0], unix_s[-1]))
    if first_s != last_s:
        return [local_time(float(instant), zone) for instant in unix_s]
    seconds = np.floor(unix_s).astype(np.int64) + first_s
    text = np.datetime_as_string(seconds.astype("datetime64[s]"))
    # Each text is ``YYYY-MM-DDTHH:MM:SS`` in 4-byte characters; the eleventh becomes a blank.
    text.view(np.uint32).reshape(len(seconds), -1)[:, 10] = ord(" ")
    return list(text.tolist())


def _local(unix_s: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(unix_s // 1, UTC).astimezone(zone)


def _offset_s(unix_s: float, zone: ZoneInfo) -> int:
    offset = _local(unix_s, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
