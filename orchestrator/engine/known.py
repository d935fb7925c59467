"""The runs of one instrument as the database has them: the *known* half of what ``decide`` is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from orchestrator.engine.plan_facts import PlanFacts, read_facts
from orchestrator.engine.verdicts import Verdicts
from orchestrator.engine.view import OpenIntent, RunView, SegmentView
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import intents, records, runs, segments

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
    unreadable: dict[int, str] = field(default_factory=dict)
    """Why a run's stored plan cannot be read, until somebody takes it."""
    verdicts: Verdicts = field(default_factory=Verdicts)

    def of(self, connection: sa.Connection, run_id: int) -> PlanFacts:
        """Read once, then from memory."""
        if run_id not in self.facts:
            plan = connection.execute(sa.select(runs.c.plan).where(runs.c.id == run_id)).scalar_one()
            maps = connection.execute(
                sa.select(segments.c.number, segments.c.step_map).where(segments.c.run_id == run_id)
            )
            self.facts[run_id] = read_facts(plan, {row.number: row.step_map for row in maps})
        return self.facts[run_id]

    def readable(self, connection: sa.Connection, row: sa.Row[Any]) -> bool:
        """Whether the run's plan can be read; if not, that run is left out and its reason noted."""
        try:
            self.of(connection, row.id)
        except ValueError as error:  # pydantic's ValidationError is one, too
            told = " ".join(str(error).split())
            where = f"look at channel {row.channel}: a test of it may still run there"
            self.unreadable[row.id] = f"the stored plan cannot be read ({told}); {where}"
            return False
        return True

    def take_unreadable(self) -> list[tuple[int, str]]:
        """Runs whose plan cannot be read, each told once."""
        found, self.unreadable = list(self.unreadable.items()), {}
        return found

    def keep_only(self, run_ids: Iterable[int]) -> None:
        """Forget runs that are over."""
        wanted = set(run_ids)
        self.facts = {run_id: facts for run_id, facts in self.facts.items() if run_id in wanted}


def active_runs(
    connection: sa.Connection, instrument: str, plans: PlanCache, since: Callable[[int], float]
) -> list[ActiveRun]:
    """Every run of this instrument that is not over, oldest first, each with its present segment and open intents.

    ``since`` tells when this process first knew of an intent, by its id.
    """
    rows = connection.execute(_query(instrument)).all()
    opened = _open_intents(connection, [row.id for row in rows], since)
    heads: dict[str, int] = {}
    result = []
    for row in rows:
        head = heads.setdefault(row.channel, row.id)
        if not plans.readable(connection, row):
            continue  # it keeps its place before the others on its channel until it has failed
        facts = plans.of(connection, row.id)
        blocked = f"run {head} has the channel first" if head != row.id else None
        view = RunView(
            id=row.id,
            state=RunState(row.state),
            desired=row.desired,
            segment=SegmentView(
                row.segment_id,
                row.attempt,
                row.tag,
                row.test_id,
                row.last_seq or 0,
                plans.verdicts.boundary(connection, row, facts.rules.get(row.item)),
            ),
            last_item=row.item + 1 >= facts.items,
            intents=tuple(opened.get(row.id, ())),
            blocked_by=blocked,
            look_first=_look_first(connection, instrument, row) if not blocked else None,
            reason=row.reason,
        )
        result.append(ActiveRun(view, row.cell_id, row.channel, row.item, row.cursor, row.cycle_offset, facts))
    plans.keep_only(row.id for row in rows)
    return result


@cache
def _query(instrument: str) -> sa.Select[Any]:
    """Built once: putting a statement together takes longer than asking the database."""
    newest = (
        sa.select(sa.func.max(segments.c.attempt))
        .where(segments.c.run_id == runs.c.id, segments.c.number == runs.c.item)
        .correlate(runs)
        .scalar_subquery()
    )
    last_seq = (
        sa.select(sa.func.max(records.c.seq))
        .where(records.c.segment_id == segments.c.id)
        .correlate(segments)
        .scalar_subquery()
    )
    return (
        sa.select(
            *runs.c[
                "id", "cell_id", "channel", "state", "desired", "reason", "item", "created_unix_s", "released_unix_s"
            ],
            runs.c.cycles_done,
            segments.c.id.label("segment_id"),
            *segments.c["attempt", "tag", "test_id", "cursor", "cycle_offset"],
            last_seq.label("last_seq"),
        )
        .join(segments, sa.and_(segments.c.run_id == runs.c.id, segments.c.number == runs.c.item))
        .where(runs.c.instrument == instrument, runs.c.state.in_(_ACTIVE), segments.c.attempt == newest)
        .order_by(runs.c.id)
    )


def _open_intents(
    connection: sa.Connection, run_ids: Sequence[int], since: Callable[[int], float]
) -> dict[int, list[OpenIntent]]:
    found: dict[int, list[OpenIntent]] = {}
    if run_ids:
        query = (
            sa.select(*intents.c["id", "run_id", "action", "test_id_before", "detail"])
            .where(intents.c.run_id.in_(run_ids), intents.c.outcome.is_(None))
            .order_by(intents.c.id.desc())
        )
        for row in connection.execute(query):
            reserves = row.action == "end_at_cycle" and row.detail is not None
            intent = OpenIntent(
                row.id,
                row.action,
                since(row.id),
                row.test_id_before,
                cycle=int(row.detail) if reserves else None,
                failure=None if reserves else row.detail,
            )
            found.setdefault(row.run_id, []).append(intent)
    return found


def _look_first(connection: sa.Connection, instrument: str, row: sa.Row[Any]) -> str | None:
    """Why a person must look: what became of the runs that had the channel while this one was queued behind them."""
    if row.state != RunState.QUEUED.value:
        return None
    ended = sa.select(*runs.c["id", "state", "cell_id"]).where(
        runs.c.instrument == instrument,
        runs.c.channel == row.channel,
        runs.c.id < row.id,
        runs.c.finished_unix_s >= row.created_unix_s,
    )
    if row.released_unix_s is not None:  # what came before the release has been looked at
        ended = ended.where(runs.c.finished_unix_s > row.released_unix_s)
    for before in connection.execute(ended.order_by(runs.c.finished_unix_s.desc(), runs.c.id.desc())):
        if before.state != RunState.COMPLETED.value:
            return f"run {before.id} before it {before.state}; look at the cell, then `cellbench resume {row.id}`"
        if before.cell_id != row.cell_id:
            swap = f"put {row.cell_id} in, then `cellbench resume {row.id}`"
            return f"run {before.id} before it was of cell {before.cell_id}; {swap}"
    return None
