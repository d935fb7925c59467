"""Writing what follows from new records: the segment's cursor, its cycles, the buckets that became full."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from sqlalchemy import Connection

from orchestrator.store.levels import Bucket
from orchestrator.store.segment_tail import SegmentTail

__all__ = ["write_tails"]

_CURSOR = "UPDATE segments SET cursor = ?, records = ? WHERE id = ?"
_BUCKET = (
    "INSERT INTO record_levels (segment_id, level, bucket, records, first_test_time_s, last_test_time_s, "
    '"voltage_min_V", "voltage_max_V", "current_min_A", "current_max_A", '
    '"temperature_min_degC", "temperature_max_degC") '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CYCLE = (
    'INSERT INTO cycles (run_id, cycle, started_test_time_s, ended_test_time_s, "charge_capacity_Ah", '
    '"discharge_capacity_Ah", "charge_energy_Wh", "discharge_energy_Wh", label, complete, gap) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, cycle) DO UPDATE SET "
    "started_test_time_s = excluded.started_test_time_s, ended_test_time_s = excluded.ended_test_time_s, "
    '"charge_capacity_Ah" = excluded."charge_capacity_Ah", "discharge_capacity_Ah" = excluded."discharge_capacity_Ah", '
    '"charge_energy_Wh" = excluded."charge_energy_Wh", "discharge_energy_Wh" = excluded."discharge_energy_Wh", '
    # A cycle that the end of its segment completed stays complete when the last records come late.
    "label = excluded.label, complete = cycles.complete OR excluded.complete, gap = excluded.gap"
)


def write_tails(connection: Connection, tails: Collection[SegmentTail]) -> None:
    """Write what each segment's new records changed; three statements, however many segments."""
    _execute(connection, _CURSOR, [(tail.cursor, tail.records, tail.segment_id) for tail in tails])
    _execute(connection, _CYCLE, [row for tail in tails for row in _cycle_rows(tail)])
    _execute(connection, _BUCKET, [_bucket_row(tail, bucket) for tail in tails for bucket in tail.levels.full()])


def _execute(connection: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        connection.exec_driver_sql(statement.replace("?", mark), rows)


def _cycle_rows(tail: SegmentTail) -> Iterator[tuple[Any, ...]]:
    for counts in tail.cycles.changed():
        yield (
            tail.run_id,
            tail.cycle_offset + counts.cycle,
            tail.time_offset_s + counts.started_test_time_s,
            tail.time_offset_s + counts.ended_test_time_s,
            counts.charge_capacity_Ah,
            counts.discharge_capacity_Ah,
            counts.charge_energy_Wh,
            counts.discharge_energy_Wh,
            counts.label,
            counts.complete,
            counts.gap,
        )


def _bucket_row(tail: SegmentTail, bucket: Bucket) -> tuple[Any, ...]:
    *values, least_degC, most_degC = bucket
    if np.isinf(least_degC):
        return (tail.segment_id, *values, None, None)
    return (tail.segment_id, *values, least_degC, most_degC)
