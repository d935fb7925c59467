"""What the database holds of all runs that have a channel: a statement a table, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from orchestrator.interlocks.scope import Scope
from orchestrator.store.queue_order import place_in_queue
from orchestrator.store.tables import alarms, cycles, prompts, records, runs, segments, trips
from orchestrator.web.bench.memory import PresentSegment
from orchestrator.web.plan_cache import KnownPlan, PlanCache
from orchestrator.web.run_rows import ENDED

__all__ = [
    "active_runs",
    "clocks",
    "ended_runs",
    "known_plans",
    "open_alarms",
    "open_prompts",
    "open_trips",
    "present_segments",
]

AnyRow = Row[*tuple[Any, ...]]
_ACTIVE_COLUMNS = (
    *("id", "cell_id", "protocol", "instrument", "channel", "state", "reason", "item", "cycles_done"),
    *("started_unix_s", "finished_unix_s"),
)


def _active() -> Select[int]:
    """Out of an index: the rows of runs that are over, whose plans are long, are not read."""
    return select(runs.c.id).where(runs.c.state.not_in(ENDED))


def active_runs(connection: Connection) -> list[AnyRow]:
    """Runs that have not ended, in the order of the queue, without their plans."""
    columns = [runs.c[name] for name in _ACTIVE_COLUMNS]
    query = select(*columns).where(runs.c.id.in_(_active()))
    return list(connection.execute(query.order_by(place_in_queue(), runs.c.id)))


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
    """By run, the newest attempt of its present item, with its newest record; what cannot change is read once."""
    items = {run.id: run.item for run in active}
    present = {row.run_id: row for row in connection.execute(_segment_query()) if row.number == items.get(row.run_id)}
    before = {one.id: one for one in known.values()}
    fixed = _fixed_parts(connection, [row.id for row in present.values() if row.id not in before])
    made: dict[int, PresentSegment] = {}
    for run_id, row in present.items():
        part = fixed[row.id] if row.id in fixed else before[row.id]
        made[run_id] = PresentSegment(row.id, part.cycle_offset, part.step_map, row if row.unix_time_s else None)
    return made


@cache
def _segment_query() -> Select[Any]:
    others = records.alias()
    last = select(func.max(others.c.seq)).where(others.c.segment_id == segments.c.id).scalar_subquery()
    newest = and_(records.c.segment_id == segments.c.id, records.c.seq == last)
    columns = (*segments.c["id", "run_id", "number"], *records.c["unix_time_s", "voltage_V", "current_A"])
    # of segments only what stands in their index: their rows, and those of runs, are long
    query = select(*columns).select_from(segments).join(records, newest, isouter=True)
    return query.where(segments.c.run_id.in_(_active())).order_by(segments.c.attempt)


def _fixed_parts(connection: Connection, ids: list[int]) -> dict[int, AnyRow]:
    if not ids:
        return {}
    columns = segments.c["id", "cycle_offset", "step_map"]
    return {row.id: row for row in connection.execute(select(*columns).where(segments.c.id.in_(ids)))}


def clocks(connection: Connection) -> dict[int, AnyRow]:
    """By run: test time reached, end of the last complete cycle, present cycle.

    Of all cycles the last two are read: only the last can be incomplete.
    """
    return {row.id: row for row in connection.execute(_clock_query())}


@cache
def _clock_query() -> Select[Any]:
    """Made once: to make a statement, and to find it among the compiled ones, takes longer than to run it."""
    newest, before, others = cycles.alias(), cycles.alias(), cycles.alias()
    last = select(func.max(others.c.cycle)).where(others.c.run_id == runs.c.id).scalar_subquery()
    done_at_s = case(
        (newest.c.complete, newest.c.ended_test_time_s), (before.c.complete, before.c.ended_test_time_s), else_=0.0
    )
    return (
        select(runs.c.id, newest.c.cycle, newest.c.ended_test_time_s.label("now_s"), done_at_s.label("done_at_s"))
        .select_from(runs)
        .join(newest, and_(newest.c.run_id == runs.c.id, newest.c.cycle == last))
        .join(before, and_(before.c.run_id == runs.c.id, before.c.cycle == newest.c.cycle - 1), isouter=True)
        .where(runs.c.state.not_in(ENDED))
    )


def open_prompts(connection: Connection) -> dict[int, str]:
    """What somebody is asked, by run."""
    query = select(prompts.c.run_id, prompts.c.text).where(prompts.c.answered_unix_s.is_(None))
    return {row.run_id: row.text for row in connection.execute(query.order_by(prompts.c.item.desc()))}


def open_alarms(connection: Connection) -> dict[str, str]:
    """By source, the newest alarm that has neither ended nor been acknowledged: ``run 17``."""
    waiting = (alarms.c.cleared_unix_s.is_(None), alarms.c.acknowledged_unix_s.is_(None))
    query = select(alarms.c.source, alarms.c.message).where(*waiting).order_by(alarms.c.id)
    return {row.source: row.message for row in connection.execute(query)}


def open_trips(connection: Connection) -> list[tuple[Scope, str]]:
    """What holds until somebody acknowledges it: where, and what was seen; the newest last."""
    holding = (trips.c.latches, trips.c.acknowledged_unix_s.is_(None))
    where = trips.c["instrument", "channel", "chamber", "cell_id"]
    rows = connection.execute(select(trips.c.message, *where).where(*holding).order_by(trips.c.id))
    return [(Scope(row.instrument, row.channel, row.chamber, row.cell_id), row.message) for row in rows]
