"""The runs of one instrument as the database has them: the *known* half of what ``decide`` is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from orchestrator.engine.boundary import CycleCapacity
from orchestrator.engine.plan_facts import PlanFacts, read_facts
from orchestrator.engine.view import OpenIntent, RunView, SegmentView
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import cycles, intents, runs, segments

__all__ = ["ActiveRun", "PlanCache", "active_runs"]

_ACTIVE = [state.value for state in RunState if state not in TERMINAL]


@dataclass(frozen=True, slots=True)
class ActiveRun:
    """A run that is not over, with what the engine needs beyond the view."""

    view: RunView
    cell_id: str
    channel: str
    item: int
    cursor: str
    cycle_offset: int
    facts: PlanFacts


@dataclass
class PlanCache:
    """Facts of stored plans by run; a plan never changes, so this is no truth of its own."""

    facts: dict[int, PlanFacts] = field(default_factory=dict)

    def of(self, connection: sa.Connection, run_id: int) -> PlanFacts:
        """Read once, then from memory."""
        if run_id not in self.facts:
            plan = connection.execute(sa.select(runs.c.plan).where(runs.c.id == run_id)).scalar_one()
            maps = connection.execute(
                sa.select(segments.c.number, segments.c.step_map).where(segments.c.run_id == run_id)
            )
            self.facts[run_id] = read_facts(plan, {row.number: row.step_map for row in maps})
        return self.facts[run_id]

    def keep_only(self, run_ids: Iterable[int]) -> None:
        """Forget runs that are over."""
        wanted = set(run_ids)
        self.facts = {run_id: facts for run_id, facts in self.facts.items() if run_id in wanted}


def active_runs(connection: sa.Connection, instrument: str, plans: PlanCache) -> list[ActiveRun]:
    """Every run of this instrument that is not over, oldest first, each with its present segment and open intents."""
    rows = connection.execute(_query(instrument)).all()
    opened = _open_intents(connection, [row.id for row in rows])
    heads: dict[str, int] = {}
    result = []
    for row in rows:
        facts = plans.of(connection, row.id)
        head = heads.setdefault(row.channel, row.id)
        blocked = f"run {head} has the channel first" if head != row.id else None
        view = RunView(
            id=row.id,
            state=RunState(row.state),
            desired=row.desired,
            segment=SegmentView(
                row.segment_id, row.attempt, row.tag, row.test_id, row.records, _boundary(connection, row, facts)
            ),
            last_item=row.item + 1 >= facts.items,
            intents=tuple(opened.get(row.id, ())),
            blocked_by=blocked,
            predecessor_failed=_failed_predecessor(connection, instrument, row) if not blocked else None,
            reason=row.reason,
        )
        result.append(ActiveRun(view, row.cell_id, row.channel, row.item, row.cursor, row.cycle_offset, facts))
    plans.keep_only(row.id for row in rows)
    return result


def _query(instrument: str) -> sa.Select[Any]:
    newest = (
        sa.select(sa.func.max(segments.c.attempt))
        .where(segments.c.run_id == runs.c.id, segments.c.number == runs.c.item)
        .correlate(runs)
        .scalar_subquery()
    )
    return (
        sa.select(
            *runs.c[
                "id", "cell_id", "channel", "state", "desired", "reason", "item", "created_unix_s", "released_unix_s"
            ],
            segments.c.id.label("segment_id"),
            *segments.c["attempt", "tag", "test_id", "records", "cursor", "cycle_offset"],
        )
        .join(segments, sa.and_(segments.c.run_id == runs.c.id, segments.c.number == runs.c.item))
        .where(runs.c.instrument == instrument, runs.c.state.in_(_ACTIVE), segments.c.attempt == newest)
        .order_by(runs.c.id)
    )


def _open_intents(connection: sa.Connection, run_ids: Sequence[int]) -> dict[int, list[OpenIntent]]:
    found: dict[int, list[OpenIntent]] = {}
    if run_ids:
        query = (
            sa.select(*intents.c["id", "run_id", "action", "created_unix_s", "test_id_before"])
            .where(intents.c.run_id.in_(run_ids), intents.c.outcome.is_(None))
            .order_by(intents.c.id.desc())
        )
        for row in connection.execute(query):
            intent = OpenIntent(row.id, row.action, row.created_unix_s, row.test_id_before)
            found.setdefault(row.run_id, []).append(intent)
    return found


def _failed_predecessor(connection: sa.Connection, instrument: str, row: sa.Row[Any]) -> str | None:
    """The run before this one on the channel, where it failed or was stopped while this one was queued behind it."""
    if row.state != RunState.QUEUED.value:
        return None
    before = connection.execute(
        sa.select(*runs.c["id", "state", "finished_unix_s"])
        .where(runs.c.instrument == instrument, runs.c.channel == row.channel, runs.c.id < row.id)
        .order_by(runs.c.id.desc())
        .limit(1)
    ).one_or_none()
    if before is None or before.state == RunState.COMPLETED.value or before.finished_unix_s is None:
        return None
    since = max(row.created_unix_s, row.released_unix_s or row.created_unix_s)
    if before.finished_unix_s < since or row.released_unix_s is not None:
        return None
    return f"run {before.id} before it {before.state}; look at the cell, then `cellbench resume {row.id}`"


def _boundary(connection: sa.Connection, row: sa.Row[Any], facts: PlanFacts) -> tuple[int, int] | None:
    rule = facts.rules.get(row.item)
    if rule is None or row.state != RunState.RUNNING.value:
        return None
    latest = _complete_cycles(connection, row, sa.desc(cycles.c.cycle), limit=rule.rule.for_cycles)
    if not latest or latest[0].cycle <= rule.reference:
        return None
    reference = _complete_cycles(connection, row, sa.asc(cycles.c.cycle), only=rule.reference)
    return rule.boundary(reference[0] if reference else None, latest[::-1], _current_cycle(connection, row))


def _complete_cycles(
    connection: sa.Connection, row: sa.Row[Any], order: Any, *, limit: int = 1, only: int | None = None
) -> list[CycleCapacity]:
    query = sa.select(cycles).where(cycles.c.run_id == row.id, cycles.c.complete, cycles.c.cycle > row.cycle_offset)
    if only is not None:
        query = query.where(cycles.c.cycle == only + row.cycle_offset)
    found = connection.execute(query.order_by(order).limit(limit)).mappings()
    return [
        CycleCapacity(
            cycle["cycle"] - row.cycle_offset,
            min(cycle["charge_capacity_Ah"], cycle["discharge_capacity_Ah"]),
            cycle["gap"],
        )
        for cycle in found
    ]


def _current_cycle(connection: sa.Connection, row: sa.Row[Any]) -> int:
    newest = connection.scalar(sa.select(sa.func.max(cycles.c.cycle)).where(cycles.c.run_id == row.id))
    return int(newest or row.cycle_offset) - int(row.cycle_offset)
