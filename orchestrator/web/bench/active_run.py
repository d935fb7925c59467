"""All runs that have not ended, each with what belongs to it: one statement, however many there are."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, select

from orchestrator.store.queue_order import place_in_queue
from orchestrator.store.tables import cycles, records, runs, segments
from orchestrator.web.run_rows import ENDED

__all__ = ["ActiveRun", "active_runs"]


class ActiveRun(NamedTuple):
    """One of them, without its plan; a tuple as :class:`orchestrator.web.bench.observation.Observation` is."""

    id: int
    cell_id: str
    protocol: str
    instrument: str
    channel: str
    state: str
    reason: str | None
    item: int
    cycles_done: int
    started_unix_s: float | None
    segment_id: int | None
    """Of the newest attempt of its present item."""
    unix_time_s: float | None
    """Of that one's newest record, as the next two."""
    voltage_V: float | None
    current_A: float | None
    cycle: int | None
    """The present one."""
    now_s: float | None
    """Test time reached; None: there has been no cycle yet."""
    done_at_s: float
    """End of the last complete cycle, in test time."""

    @property
    def record(self) -> ActiveRun | None:
        """Itself, where it has the values of a record."""
        return self if self.unix_time_s else None

    @property
    def clock(self) -> ActiveRun | None:
        """Itself, where it has had a cycle: what :class:`orchestrator.web.run_rows.RunRows` calls the clock."""
        return self if self.cycle is not None else None


_OF_RUN = ActiveRun._fields[: ActiveRun._fields.index("segment_id")]


def active_runs(connection: Connection) -> list[ActiveRun]:
    """In the order of the queue."""
    return [ActiveRun._make(row) for row in connection.execute(_query()).all()]


@cache
def _query() -> Select[Any]:
    newest, before = cycles.alias(), cycles.alias()
    done_at_s = case(
        (newest.c.complete, newest.c.ended_test_time_s), (before.c.complete, before.c.ended_test_time_s), else_=0.0
    )
    of_clock = (newest.c.cycle, newest.c.ended_test_time_s.label("now_s"), done_at_s.label("done_at_s"))
    of_segment = (segments.c.id.label("segment_id"), *records.c["unix_time_s", "voltage_V", "current_A"])
    # out of an index: the rows of runs that are over, whose plans are long, are not read
    active = select(runs.c.id).where(runs.c.state.not_in(ENDED))
    return (
        select(*runs.c[_OF_RUN], *of_segment, *of_clock)
        .select_from(runs)
        .join(segments, _present(), isouter=True)
        .join(records, _newest_record(), isouter=True)
        .join(newest, _newest_cycle(newest), isouter=True)
        .join(before, and_(before.c.run_id == runs.c.id, before.c.cycle == newest.c.cycle - 1), isouter=True)
        .where(runs.c.id.in_(active))
        .order_by(place_in_queue(), runs.c.id)
    )


def _present() -> ColumnElement[bool]:
    """Of segments only what stands in their index is asked for: their rows are long."""
    others = segments.alias()
    of_item = and_(others.c.run_id == runs.c.id, others.c.number == runs.c.item)
    last = select(func.max(others.c.attempt)).where(of_item).scalar_subquery()
    return and_(segments.c.run_id == runs.c.id, segments.c.number == runs.c.item, segments.c.attempt == last)


def _newest_record() -> ColumnElement[bool]:
    others = records.alias()
    last = select(func.max(others.c.seq)).where(others.c.segment_id == segments.c.id).scalar_subquery()
    return and_(records.c.segment_id == segments.c.id, records.c.seq == last)


def _newest_cycle(newest: FromClause) -> ColumnElement[bool]:
    """Of all cycles this one and the one before it are read: only the last can be incomplete."""
    others = cycles.alias()
    last = select(func.max(others.c.cycle)).where(others.c.run_id == runs.c.id).scalar_subquery()
    return and_(newest.c.run_id == runs.c.id, newest.c.cycle == last)
