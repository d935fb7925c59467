"""Minima and maxima over 256, 256² and 256³ consecutive records, so that a million records plot at once.

A bucket is written once, when its last record has passed; what lies behind the last full bucket is read from the level
below. So levels cost one small insert per 256 records and are never rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from drivers.contracts import Columns

__all__ = ["FAN_OUT", "LEVELS", "Bucket", "LevelCounter", "add_levels"]

FAN_OUT = 256
LEVELS = (1, 2, 3)


class Bucket(NamedTuple):
    """Extremes of the records ``bucket * 256**level + 1`` to ``(bucket + 1) * 256**level``, as in record_levels."""

    level: int
    bucket: int
    records: int
    first_test_time_s: float
    last_test_time_s: float
    voltage_min_V: float
    voltage_max_V: float
    current_min_A: float
    current_max_A: float
    temperature_min_degC: float
    """+inf where no record has a temperature."""
    temperature_max_degC: float
    """-inf where no record has a temperature."""

    def without_temperature(self) -> Bucket:
        """Return the same bucket, of records that have no temperature."""
        return self._replace(temperature_min_degC=np.inf, temperature_max_degC=-np.inf)


@dataclass(slots=True)
class LevelCounter:
    """Builds the buckets of one segment from its records in order."""

    _open: dict[int, Bucket] = field(default_factory=dict)  # by level: the bucket that still grows
    _full: list[Bucket] = field(default_factory=list)

    @classmethod
    def resumed(cls, stored: Iterable[Bucket], columns: Columns) -> LevelCounter:
        """Go on after a restart: full buckets inside those that still grow, and the records behind the last of them."""
        counter = cls()
        for bucket in stored:
            counter._merge(bucket._replace(level=bucket.level + 1, bucket=bucket.bucket // FAN_OUT))
        counter.add(columns)
        counter._full.clear()
        return counter

    def add(self, columns: Columns) -> None:
        """Take records that follow the earlier ones; columns as in RECORD_COLUMNS."""
        add_levels([self], columns, np.zeros(len(columns["seq"]), dtype=np.intp))

    def full(self) -> list[Bucket]:
        """Buckets that became full since the last call."""
        full, self._full = self._full, []
        return full

    def take(self, part: Bucket, last_seq: int) -> None:
        """Take the extremes of records of one level-1 bucket, the last of which is ``last_seq``."""
        self._leave_behind(part.bucket)
        self._merge(part)
        self._close_full(last_seq)

    def _leave_behind(self, bucket: int) -> None:
        """Close what a record of level-1 ``bucket`` no longer belongs to: sequence numbers may jump."""
        for level in LEVELS:
            growing = self._open.get(level)
            if growing is not None and growing.bucket != bucket // FAN_OUT ** (level - 1):
                self._close(level)

    def _close_full(self, last_seq: int) -> None:
        for level in LEVELS:
            if last_seq % FAN_OUT**level:
                return
            self._close(level)

    def _close(self, level: int) -> None:
        bucket = self._open.pop(level)
        self._full.append(bucket)
        if level + 1 in LEVELS:
            self._merge(bucket._replace(level=level + 1, bucket=bucket.bucket // FAN_OUT))

    def _merge(self, part: Bucket) -> None:
        growing = self._open.get(part.level)
        self._open[part.level] = part if growing is None else _joined(growing, part)


def add_levels(counters: Sequence[LevelCounter], columns: Columns, owner: npt.NDArray[np.intp]) -> None:
    """Add records of several segments in one pass; ``owner`` tells whose each is and never falls."""
    seq = columns["seq"]
    if not len(seq):
        return
    number = (seq - 1) // FAN_OUT
    new = (number[1:] != number[:-1]) | (owner[1:] != owner[:-1])
    first = np.concatenate(([0], np.flatnonzero(new) + 1))
    last = np.append(first[1:], len(seq)) - 1
    parts = _extremes(columns, number, first, last)
    for place, part, last_seq in zip(owner[first].tolist(), parts, seq[last].tolist(), strict=True):
        counters[place].take(part, last_seq)


def _extremes(
    columns: Columns, number: npt.NDArray[np.generic], first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]
) -> list[Bucket]:
    """Level-1 parts of buckets, one for each stretch of records from ``first`` to ``last``."""
    voltage, current, temperature = columns["voltage_V"], columns["current_A"], columns["temperature_degC"]
    missing = np.isnan(temperature)
    least = np.minimum.reduceat(np.array([voltage, current, np.where(missing, np.inf, temperature)]), first, axis=1)
    most = np.maximum.reduceat(np.array([voltage, current, np.where(missing, -np.inf, temperature)]), first, axis=1)
    test_time = columns["test_time_s"]
    parts = zip(
        number[first].tolist(),
        (last - first + 1).tolist(),
        test_time[first].tolist(),
        test_time[last].tolist(),
        *(row.tolist() for pair in zip(least, most, strict=True) for row in pair),
        strict=True,
    )
    return [Bucket(1, *part) for part in parts]


def _joined(one: Bucket, next_one: Bucket) -> Bucket:
    return Bucket(
        one.level,
        one.bucket,
        one.records + next_one.records,
        one.first_test_time_s,
        next_one.last_test_time_s,
        min(one.voltage_min_V, next_one.voltage_min_V),
        max(one.voltage_max_V, next_one.voltage_max_V),
        min(one.current_min_A, next_one.current_min_A),
        max(one.current_max_A, next_one.current_max_A),
        min(one.temperature_min_degC, next_one.temperature_min_degC),
        max(one.temperature_max_degC, next_one.temperature_max_degC),
    )
