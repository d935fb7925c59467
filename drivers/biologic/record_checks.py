"""What would be refused of record conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from drivers.biologic.bounds import is_positive
from drivers.contracts import Capabilities
from protocols.program import Record

__all__ = ["record_problems"]


def record_problems(record: Record, can: Capabilities) -> Iterator[str]:
    """What is wrong with record conditions, wherever they stand."""
    for field in fields(Record):
        value = getattr(record, field.name)
        if value is not None and not is_positive(value):
            yield f"record.{field.name} is {value}; it must be above 0"
    interval_s, least_s = record.interval_s, can.record_interval_min_s
    if interval_s is not None and least_s is not None and 0 < interval_s < least_s:
        yield f"record every {interval_s:g} s is faster than the channel's {least_s:g} s; record less often"
