"""What the Recorder remembers of a segment between batches: where it stands, and the cycle and buckets that grow.

All of it is a cache: read from the database when a segment is first touched, dropped when a transaction fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from drivers.contracts import RECORD_COLUMNS, Columns, StepKind
from orchestrator.store.cycle_counts import CycleCounter, CycleCounts, LastStep
from orchestrator.store.errors import StoreError
from orchestrator.store.levels import FAN_OUT, Bucket, LevelCounter
from orchestrator.store.read_columns import read_columns
from orchestrator.store.tables import cycles, record_levels, records, segments

__all__ = ["SegmentTail", "load_tail"]


@dataclass(slots=True)
class SegmentTail:
    """The end of one segment as stored, plus what the current transaction adds."""

    segment_id: int
    run_id: int
    cursor: str
    records: int
    last_seq: int
    cycle_offset: int
    time_offset_s: float
    cycles: CycleCounter
    levels: LevelCounter
    last_point: int | None = None
    """Of its spectra; None: not looked up yet, since few segments have any."""

    def move(self, columns: Columns, points: Columns, cursor: str) -> None:
        """Stand behind checked records and points that follow the last ones, at the cursor after them."""
        self.cursor = cursor
        if points:
            self.last_point = int(points["seq"][-1])
        if len(columns["seq"]):
            self.records += len(columns["seq"])
            self.last_seq = int(columns["seq"][-1])


def load_tail(connection: Connection, segment_id: int) -> SegmentTail:
    """Read where a segment stands; a handful of look-ups by primary key. Raises StoreError if there is no such one."""
    segment = connection.execute(
        select(
            segments.c.run_id,
            segments.c.cursor,
            segments.c.records,
            segments.c.cycle_offset,
            segments.c.time_offset_s,
            segments.c.step_map,
        ).where(segments.c.id == segment_id)
    ).one_or_none()
    if segment is None:
        raise StoreError(f"segment {segment_id} is not in the database; insert it before its records")
    last_seq = connection.scalar(select(func.max(records.c.seq)).where(records.c.segment_id == segment_id)) or 0
    labels = {step["step"]: (step.get("origin") or {}).get("label") for step in segment.step_map}
    return SegmentTail(
        segment_id,
        segment.run_id,
        segment.cursor,
        segment.records,
        last_seq,
        segment.cycle_offset,
        segment.time_offset_s,
        _resumed_cycles(connection, segment_id, segment, labels, last_seq),
        _resumed_levels(connection, segment_id, last_seq),
    )


def _resumed_cycles(
    connection: Connection,
    segment_id: int,
    segment: Row[*tuple[Any, ...]],
    labels: Mapping[int, str | None],
    last_seq: int,
) -> CycleCounter:
    last = connection.execute(
        select(
            records.c.cycle,
            records.c.step,
            records.c.step_kind,
            records.c.step_time_s,
            records.c.step_capacity_Ah,
            records.c.step_energy_Wh,
        )
        .where(records.c.segment_id == segment_id, records.c.step_kind != int(StepKind.PAUSE))
        .order_by(records.c.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return CycleCounter(labels, last_seq)
    stored = connection.execute(
        select(cycles)
        .where(
            cycles.c.run_id == segment.run_id,
            cycles.c.cycle > segment.cycle_offset,
            cycles.c.cycle <= _next_offset(connection, segment_id, segment.run_id),
        )
        .order_by(cycles.c.cycle.desc())
        .limit(1)
    ).one_or_none()
    counts = None if stored is None else _as_measured(stored, segment.cycle_offset, segment.time_offset_s)
    return CycleCounter.resumed(labels, last_seq, counts, LastStep(*last))


def _next_offset(connection: Connection, segment_id: int, run_id: int) -> int:
    """Highest run cycle that can be of this segment: a later one has taken the numbers behind it."""
    offset = connection.scalar(
        select(func.min(segments.c.cycle_offset)).where(segments.c.run_id == run_id, segments.c.id > segment_id)
    )
    return 2**31 - 1 if offset is None else offset


def _as_measured(row: Row[*tuple[Any, ...]], cycle_offset: int, time_offset_s: float) -> CycleCounts:
    return CycleCounts(
        row.cycle - cycle_offset,
        row.started_test_time_s - time_offset_s,
        row.ended_test_time_s - time_offset_s,
        row.charge_capacity_Ah,
        row.discharge_capacity_Ah,
        row.charge_energy_Wh,
        row.discharge_energy_Wh,
        row.label,
        row.complete,
        row.gap,
    )


def _resumed_levels(connection: Connection, segment_id: int, last_seq: int) -> LevelCounter:
    stored: list[Bucket] = []
    for level in (2, 1):
        first = last_seq // FAN_OUT ** (level + 1) * FAN_OUT
        rows = connection.execute(
            select(record_levels)
            .where(
                record_levels.c.segment_id == segment_id,
                record_levels.c.level == level,
                record_levels.c.bucket >= first,
            )
            .order_by(record_levels.c.bucket)
        )
        stored += [_as_bucket(row) for row in rows]
    behind = read_columns(connection, segment_id, last_seq // FAN_OUT * FAN_OUT + 1, last_seq, tuple(RECORD_COLUMNS))
    return LevelCounter.resumed(stored, behind)


def _as_bucket(row: Row[*tuple[Any, ...]]) -> Bucket:
    bucket = Bucket(*row[1:])  # all but the segment
    return bucket if row.temperature_min_degC is not None else bucket.without_temperature()
