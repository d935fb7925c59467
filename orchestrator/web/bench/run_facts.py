"""What the database holds of all runs that have a channel: a statement a table, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from orchestrator.interlocks.scope import Scope
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
    """Runs that have not ended, oldest first, without their plans."""
    columns = [runs.c[name] for name in _ACTIVE_COLUMNS]
    return list(connection.execute(select(*columns).where(runs.c.id.in_(_active())).order_by(runs.c.id)))


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


def present_segments(connection: Connection, known: Mapping[int, PresentSegment]) -> dict[int, PresentSegment]:
    """By run, the newest attempt of its present item; what has no new records since is not read again."""
    at_item = and_(runs.c.id == segments.c.run_id, runs.c.item == segments.c.number)
    columns = segments.c["id", "run_id", "records", "cycle_offset"]
    query = select(*columns).join(runs, at_item).where(runs.c.id.in_(_active())).order_by(segments.c.attempt)
    newest_attempts = {row.run_id: row for row in connection.execute(query)}
    before = {one.id: one for one in known.values()}
    new = [row.id for row in newest_attempts.values() if row.id not in before]
    grown = [row.id for row in newest_attempts.values() if row.id not in before or before[row.id].records < row.records]
    maps = _step_maps(connection, new)
    newest = _newest_records(connection, grown)
    return {
        run_id: PresentSegment(
            row.id,
            row.records,
            row.cycle_offset,
            maps[row.id] if row.id in maps else before[row.id].step_map,
            newest.get(row.id) or (before[row.id].newest if row.id in before else None),
        )
        for run_id, row in newest_attempts.items()
    }


def _step_maps(connection: Connection, ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    rows = connection.execute(select(segments.c.id, segments.c.step_map).where(segments.c.id.in_(ids)))
    return {row.id: row.step_map for row in rows}


def _newest_records(connection: Connection, ids: list[int]) -> dict[int, AnyRow]:
    if not ids:
        return {}
    others = records.alias()
    newest = select(func.max(others.c.seq)).where(others.c.segment_id == segments.c.id).scalar_subquery()
    columns = records.c["segment_id", "unix_time_s", "voltage_V", "current_A"]
    query = select(*columns).join(segments, records.c.segment_id == segments.c.id)
    return {
        row.segment_id: row for row in connection.execute(query.where(segments.c.id.in_(ids), records.c.seq == newest))
    }


def clocks(connection: Connection) -> dict[int, AnyRow]:
    """By run: test time reached, end of the last complete cycle, present cycle. Earlier cycles are not read."""
    complete_end = case((cycles.c.complete, cycles.c.ended_test_time_s), else_=0.0)
    query = (
        select(
            cycles.c.run_id,
            func.max(cycles.c.ended_test_time_s).label("now_s"),
            func.max(complete_end).label("done_at_s"),
            func.max(cycles.c.cycle).label("cycle"),
        )
        .join(runs, and_(runs.c.id == cycles.c.run_id, cycles.c.cycle >= runs.c.cycles_done))
        .where(runs.c.id.in_(_active()))
        .group_by(cycles.c.run_id)
    )
    return {row.run_id: row for row in connection.execute(query)}


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
