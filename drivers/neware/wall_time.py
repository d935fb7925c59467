"""Unix time from ``atime``: local time of the BTS PC, whole seconds, no zone.

One anchor (unix time minus test time) is carried along the test and across steps, so that times are as fine and as
even as the instrument's own counter. It is set anew where the wall clock departs from it: after a pause, or when the
PC's clock was set.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from drivers.errors import Garbled

__all__ = ["TOLERANCE_s", "unix_times_s"]

TOLERANCE_s = 1.5
"""``atime`` is cut to whole seconds; what departs further is no rounding."""
_BLOCK_s = 900
"""Zones change their offset on the quarter hour."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Floats = npt.NDArray[np.float64]


def unix_times_s(
    atime: Sequence[str], test_time_s: _Floats, zone: ZoneInfo, anchor_s: float | None
) -> tuple[_Floats, float | None]:
    """Return unix times and the anchor after them. An hour that comes twice is resolved by continuity.

    Raises Garbled on what is no time.
    """
    early, late = _candidates(atime, zone)
    unix = np.empty(len(test_time_s))
    at = 0
    while at < len(unix):
        if anchor_s is None:
            anchor_s = float(early[at] - test_time_s[at])
        expected = anchor_s + test_time_s[at:]
        told = np.where(np.abs(late[at:] - expected) < np.abs(early[at:] - expected), late[at:], early[at:])
        departs = np.abs(told - expected) > TOLERANCE_s
        even = int(departs.argmax()) if departs.any() else len(expected)
        unix[at : at + even] = expected[:even]
        at += even
        if at < len(unix):
            anchor_s = float(told[even] - test_time_s[at])
    return unix, anchor_s


def _candidates(atime: Sequence[str], zone: ZoneInfo) -> tuple[_Floats, _Floats]:
    """Return both readings of each local time: they differ only in the hour that comes twice a year."""
    try:
        local_s = np.array(atime, dtype="datetime64[s]").astype(np.int64)
    except ValueError as error:
        raise Garbled(f"atime makes no sense: {error}") from error
    blocks, place = np.unique(local_s // _BLOCK_s, return_inverse=True)
    offsets = np.array([[_offset_s(int(block) * _BLOCK_s, zone, fold) for fold in (0, 1)] for block in blocks])
    shifts = offsets.reshape(-1, 2)[place]
    return (local_s - shifts[:, 0]).astype(np.float64), (local_s - shifts[:, 1]).astype(np.float64)


def _offset_s(local_s: int, zone: ZoneInfo, fold: int) -> float:
    try:
        local = (_EPOCH + timedelta(seconds=local_s)).replace(tzinfo=zone, fold=fold)
        offset = local.utcoffset()
    except OverflowError as error:
        raise Garbled(f"atime is out of range: {error}") from error
    return offset.total_seconds() if offset is not None else 0.0
