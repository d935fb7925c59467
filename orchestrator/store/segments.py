"""Segments: the programs of a run as they were sent, and where reading stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.sql import ColumnElement

from drivers.contracts import Translation
from orchestrator.store.errors import StoreError
from orchestrator.store.tables import cycles, records, segments, spectra

__all__ = [
    "Segment",
    "finish_segment",
    "get_segment",
    "insert_segment",
    "list_segments",
    "next_offsets",
    "segment_by_tag",
    "set_started",
    "set_test_id",
]


_TO_ITS_END = ("finished", "rule")
"""Outcomes of a segment whose last cycle is whole: the program's end, or a loop ended at a cycle's boundary."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One attempt at one item of a run's plan."""

    id: int
    run_id: int
    number: int
    attempt: int
    tag: str
    media_type: str
    content: bytes
    step_map: list[dict[str, Any]]
    test_id: str | None
    cursor: str
    records: int
    cycle_offset: int
    time_offset_s: float
    started_unix_s: float | None
    finished_unix_s: float | None
    outcome: str | None


def insert_segment(
    connection: Connection, *, run_id: int, number: int, attempt: int, tag: str, translation: Translation
) -> int:
    """Add a segment with the very bytes that will be sent, behind what the run has measured; return its id."""
    cycle_offset, time_offset_s = next_offsets(connection, run_id)
    row = segments.insert().values(
        run_id=run_id,
        number=number,
        attempt=attempt,
        tag=tag,
        media_type=translation.media_type,
        content=translation.content,
        step_map=[asdict(step) for step in translation.step_map],
        cursor="",
        records=0,
        cycle_offset=cycle_offset,
        time_offset_s=time_offset_s,
    )
    new_id: int = connection.execute(row.returning(segments.c.id)).scalar_one()
    return new_id


def next_offsets(connection: Connection, run_id: int) -> tuple[int, float]:
    """Return the last cycle and the last test time (s) of a run: what the next segment's own are added to.

    Spectra take time and count no cycles.
    """
    last_cycle = connection.scalar(select(func.max(cycles.c.cycle)).where(cycles.c.run_id == run_id)) or 0
    last_s = 0.0
    for segment_id, offset_s in connection.execute(
        select(segments.c.id, segments.c.time_offset_s).where(segments.c.run_id == run_id)
    ).all():
        for table in (records, spectra):  # a segment may hold nothing but a spectrum
            end = select(table.c.test_time_s).where(table.c.segment_id == segment_id)
            last_s = max(last_s, offset_s + (connection.scalar(end.order_by(table.c.seq.desc()).limit(1)) or 0.0))
    return last_cycle, last_s


def get_segment(connection: Connection, segment_id: int) -> Segment:
    """Return one segment. Raises StoreError if there is none."""
    found = _select(connection, segments.c.id == segment_id)
    if not found:
        raise StoreError(f"segment {segment_id} does not exist")
    return found[0]


def segment_by_tag(connection: Connection, tag: str) -> Segment | None:
    """Return the segment whose tag an instrument showed, None if it is not ours."""
    found = _select(connection, segments.c.tag == tag)
    return found[0] if found else None


def list_segments(connection: Connection, run_id: int) -> list[Segment]:
    """Return a run's segments in the order in which they were made."""
    return _select(connection, segments.c.run_id == run_id)


def set_test_id(connection: Connection, segment_id: int, test_id: str) -> None:
    """Note the instrument's own name of the test. Raises StoreError if it has another one."""
    change = update(segments).where(
        segments.c.id == segment_id, segments.c.test_id.is_(None) | (segments.c.test_id == test_id)
    )
    if not connection.execute(change.values(test_id=test_id)).rowcount:
        present = get_segment(connection, segment_id).test_id
        raise StoreError(f"segment {segment_id} is test {present}, not {test_id}")


def set_started(connection: Connection, segment_id: int, *, now: float) -> None:
    """Note when the instrument took it; the first time stands."""
    connection.execute(
        update(segments)
        .where(segments.c.id == segment_id, segments.c.started_unix_s.is_(None))
        .values(started_unix_s=now)
    )


def finish_segment(connection: Connection, segment_id: int, outcome: str, *, now: float) -> None:
    """Note how it ended. Where it came to its end, its last cycle is complete by that; a broken-off one never is.

    Call it when its last records are stored.
    """
    segment = get_segment(connection, segment_id)
    connection.execute(update(segments).where(segments.c.id == segment_id).values(finished_unix_s=now, outcome=outcome))
    if outcome not in _TO_ITS_END:
        return
    connection.execute(
        update(cycles)
        .where(cycles.c.run_id == segment.run_id, cycles.c.cycle > segment.cycle_offset, cycles.c.complete.is_(False))
        .values(complete=True)
    )


def _select(connection: Connection, where: ColumnElement[bool]) -> list[Segment]:
    return [Segment(*row) for row in connection.execute(select(segments).where(where).order_by(segments.c.id))]
