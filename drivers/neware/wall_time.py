"""Unix time from ``atime``: local time of the BTS PC, whole seconds, no zone.

One anchor (unix time minus test time) is carried along the test and across steps, so that times are as fine and as
even as the instrument's own counter. It is set anew where the wall clock departs from it: after a pause, or when the
PC's clock was set.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from drivers.errors import Garbled
from drivers.neware.wire_numbers import FEW, as_numpy

__all__ = ["TOLERANCE_s", "local_seconds", "unix_times_s"]

TOLERANCE_s = 1.5
"""``atime`` is cut to whole seconds; what departs further is no rounding."""
_BLOCK_s = 900
"""Zones change their offset on the quarter hour."""
_PLAIN = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Floats = npt.NDArray[np.float64]


def local_seconds(atime: pa.StringArray) -> npt.NDArray[np.int64]:
    """Return ``YYYY-MM-DD HH:MM:SS`` as seconds since 1970-01-01 00:00:00 of the local clock. Raises Garbled."""
    few = _few_seconds(atime)
    if few is not None:
        return few
    try:
        return as_numpy(atime.cast(pa.timestamp("s")).cast(pa.int64()), np.int64)
    except pa.ArrowInvalid as error:
        raise Garbled(f"atime makes no sense: {error}") from error


def _few_seconds(atime: pa.StringArray) -> npt.NDArray[np.int64] | None:
    """Return the seconds of a short column; None: arrow is to tell, or to say what is wrong."""
    if len(atime) > FEW or atime.null_count:
        return None
    texts: list[str] = atime.to_pylist()
    if not all(_PLAIN.fullmatch(text) for text in texts):
        return None
    try:
        return np.array(texts, dtype="datetime64[s]").astype(np.int64)
    except ValueError:
        return None


def unix_times_s(
    local_s: npt.NDArray[np.int64], test_time_s: _Floats, zone: ZoneInfo, anchor_s: float | None
) -> tuple[_Floats, float | None]:
    """Return unix times and the anchor after them. An hour that comes twice is resolved by continuity.

    Raises Garbled on times that no calendar has.
    """
    early, late = _candidates(local_s, zone)
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


def _candidates(local_s: npt.NDArray[np.int64], zone: ZoneInfo) -> tuple[_Floats, _Floats]:
    """Return both readings of each local time: they differ only in the hour that comes twice a year."""
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
