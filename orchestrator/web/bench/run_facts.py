"""What the database holds of all runs that have a channel: a statement a kind, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, case, func, select

from orchestrator.interlocks.scope import Scope
from orchestrator.store.queue_order import place_in_queue
from orchestrator.store.tables import alarms, cycles, prompts, records, runs, segments, trips
from orchestrator.web.bench.facts import PresentSegment
from orchestrator.web.plan_cache import KnownPlan, PlanCache
from orchestrator.web.run_rows import ENDED

__all__ = ["active_runs", "ended_runs", "known_plans", "open_alarms", "open_prompts", "open_trips", "present_segments"]

AnyRow = Row[*tuple[Any, ...]]
_OF_RUN = (
    *("id", "cell_id", "protocol", "instrument", "channel", "state", "reason", "item", "cycles_done"),
    "started_unix_s",
)
# statements are made once: to make one, and to find it among the compiled ones, takes longer than to run it
_PROMPTS = (
    select(prompts.c.run_id, prompts.c.text).where(prompts.c.answered_unix_s.is_(None)).order_by(prompts.c.item.desc())
)
_ALARMS = (
    select(alarms.c.source, alarms.c.message)
    .where(alarms.c.cleared_unix_s.is_(None), alarms.c.acknowledged_unix_s.is_(None))
    .order_by(alarms.c.id)
)
_TRIPS = (
    select(trips.c.message, *trips.c["instrument", "channel", "chamber", "cell_id"])
    .where(trips.c.latches, trips.c.acknowledged_unix_s.is_(None))
    .order_by(trips.c.id)
)


def active_runs(connection: Connection) -> Sequence[AnyRow]:
    """Runs that have not ended, in the order of the queue, without their plans, each with what belongs to it.

    ``segment_id``: of the newest attempt of its present item. ``unix_time_s``, ``voltage_V``, ``current_A``: of that
    one's newest record. ``cycle``, ``now_s``, ``done_at_s``: present cycle, test time reached, end of the last
    complete cycle. Each of them None where there is none.
    """
    return connection.execute(_active_query()).all()


@cache
def _active_query() -> Select[Any]:
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


def known_plans(connection: Connection, plans: PlanCache, run_ids: Iterable[int]) -> dict[int, KnownPlan]:
    """Plans of these runs; those that are known already are not read again."""
    found = {run_id: plans.find(run_id) for run_id in run_ids}
    unknown = [run_id for run_id, plan in found.items() if plan is None]
    known = {run_id: plan for run_id, plan in found.items() if plan is not None}
    if unknown:
        rows = connection.execute(select(runs.c.id, runs.c.plan).where(runs.c.id.in_(unknown)))
        known |= {row.id: plans.of(row.id, row.plan) for row in rows}
    return known


def ended_runs(connection: Connection, wanted: Iterable[int], known: Mapping[int, AnyRow]) -> dict[int, AnyRow]:
    """Runs that are over, by number, read once."""
    numbers = set(wanted)
    found = {number: known[number] for number in numbers & known.keys()}
    if missing := numbers - found.keys():
        query = select(*runs.c["id", "cell_id", "protocol", "state"])
        rows = connection.execute(query.where(runs.c.id.in_(missing), runs.c.state.in_(ENDED)))
        found |= {row.id: row for row in rows}
    return found


def present_segments(
    connection: Connection, active: Iterable[AnyRow], known: Mapping[int, PresentSegment]
) -> dict[int, PresentSegment]:
    """What the active runs execute, by number of the segment, read once."""
    numbers = {run.segment_id for run in active if run.segment_id is not None}
    found = {number: known[number] for number in numbers & known.keys()}
    if missing := numbers - found.keys():
        query = select(*segments.c["id", "cycle_offset", "step_map"]).where(segments.c.id.in_(missing))
        found |= {row.id: PresentSegment(row.id, row.cycle_offset, row.step_map) for row in connection.execute(query)}
    return found


def open_prompts(connection: Connection) -> dict[int, str]:
    """What somebody is asked, by run."""
    return {row.run_id: row.text for row in connection.execute(_PROMPTS)}


def open_alarms(connection: Connection) -> dict[str, str]:
    """By source, the newest alarm that has neither ended nor been acknowledged: ``run 17``."""
    return {row.source: row.message for row in connection.execute(_ALARMS)}


def open_trips(connection: Connection) -> list[tuple[Scope, str]]:
    """What holds until somebody acknowledges it: where, and what was seen; the newest last."""
    rows = connection.execute(_TRIPS)
    return [(Scope(row.instrument, row.channel, row.chamber, row.cell_id), row.message) for row in rows]
