"""What the database holds of all runs that have a channel: a statement a kind, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from orchestrator.interlocks.scope import Scope
from orchestrator.store.tables import alarms, prompts, runs, segments, trips
from orchestrator.web.bench.active_run import ActiveRun
from orchestrator.web.bench.facts import PresentSegment
from orchestrator.web.plan_cache import KnownPlan, PlanCache
from orchestrator.web.run_rows import ENDED

__all__ = ["ended_runs", "known_plans", "open_alarms", "open_prompts", "open_trips", "present_segments"]

AnyRow = Row[*tuple[Any, ...]]
# made once: to make a statement, and to find it among the compiled ones, takes longer than to run it
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


def known_plans(connection: Connection, plans: PlanCache, run_ids: Iterable[int]) -> dict[int, KnownPlan]:
    """Plans of these runs; those that are known already are not read again. Raises StoredPlanError."""
    known = plans.known(wanted := list(run_ids))
    if len(known) == len(wanted):
        return known
    with plans.reading:
        known = plans.known(wanted)
        unknown = [run_id for run_id in wanted if run_id not in known]
        rows = connection.execute(select(runs.c.id, runs.c.plan).where(runs.c.id.in_(unknown))) if unknown else ()
        return known | {row.id: plans.of(row.id, row.plan) for row in rows}


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
    connection: Connection, active: Iterable[ActiveRun], known: Mapping[int, PresentSegment]
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
