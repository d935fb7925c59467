"""What a part of a program takes, and adding it up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from protocols.program import Record

__all__ = ["Spent", "recorded"]

_EDGE_RECORDS = 2
"""First and last record of a step."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Time, records and cycles."""

    duration_s: float = 0.0
    records: float = 0.0
    cycles: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.duration_s + other.duration_s, self.records + other.records, self.cycles + other.cycles)

    def times(self, count: int) -> Spent:
        """Return what so many of it take."""
        return Spent(self.duration_s * count, self.records * count, self.cycles * count)


def recorded(record: Record, duration_s: float, swing_V: float = 0.0, fall_A: float = 0.0) -> Spent:
    """Return a step of a duration whose voltage and current change by so much, with its records."""
    records: float = _EDGE_RECORDS
    if record.interval_s:
        records += math.floor(duration_s / record.interval_s)
    if record.voltage_change_V:
        records += math.floor(swing_V / record.voltage_change_V)
    if record.current_change_A:
        records += math.floor(fall_A / record.current_change_A)
    return Spent(duration_s, records)
