"""The runs of one instrument as the database has them: the *known* half of what ``decide`` is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from orchestrator.engine.chambers.turn import ChamberTurns
from orchestrator.engine.channel_turn import look_first
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.engine.plan_facts import PlanFacts
from orchestrator.engine.view import OpenIntent, RunView, SegmentView, TaskView
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.prompts import find_prompt
from orchestrator.store.queue_order import queue_position
from orchestrator.store.tables import intents, records, runs, segments
from protocols.plan import Prompt

__all__ = ["ActiveRun", "ActiveTask", "Known", "active_runs"]

_ACTIVE = [state.value for state in RunState if state not in TERMINAL]
_ABOUT_TO_START = (RunState.QUEUED.value, RunState.PAUSED.value)


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
    chamber: str | None = None


@dataclass(frozen=True, slots=True)
class ActiveTask:
    """A run that is not over and stands at an item that no channel executes."""

    view: TaskView
    cell_id: str
    channel: str
    item: int
    facts: PlanFacts
    chamber: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All runs of one instrument that are not over, oldest first."""

    runs: list[ActiveRun]
    tasks: list[ActiveTask]


def active_runs(connection: sa.Connection, instrument: str, plans: PlanCache, since: Callable[[int], float]) -> Known:
    """Every run of this instrument that is not over, in the order of the queue, with its segment and open intents.

    ``since`` tells when this process first knew of an intent, by its id.
    """
    rows = connection.execute(_query(instrument)).all()
    opened = _open_intents(connection, [row.id for row in rows], since)
    turns = ChamberTurns(connection, plans)
    heads: dict[str, int] = {}
    known = Known([], [])
    for row in rows:
        head = heads.setdefault(row.channel, row.id)
        if not plans.readable(connection, row):
            continue  # it keeps its place before the others on its channel until it has failed
        blocked = f"run {head} has the channel first" if head != row.id else None
        look = look_first(connection, row) if not blocked else None
        intents_of = tuple(opened.get(row.id, ()))
        if row.segment_id is None:
            known.tasks.append(_task(connection, row, plans, intents_of, blocked, look))
        else:
            blocked = blocked or _chamber_first(row, intents_of, turns)
            known.runs.append(_run(connection, row, plans, intents_of, blocked, look))
    plans.keep_only(row.id for row in rows)
    return known


def _run(
    connection: sa.Connection,
    row: sa.Row[Any],
    plans: PlanCache,
    opened: tuple[OpenIntent, ...],
    blocked: str | None,
    look: str | None,
) -> ActiveRun:
    facts = plans.of(connection, row.id)
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
        task_follows=row.item + 1 in facts.tasks,
        intents=opened,
        blocked_by=blocked,
        look_first=look if row.state == RunState.QUEUED.value else None,
        reason=row.reason,
        rest_window_V=facts.rest_windows_V.get(row.item),
    )
    return ActiveRun(view, row.cell_id, row.channel, row.item, row.cursor, row.cycle_offset, facts, row.chamber)


def _task(
    connection: sa.Connection,
    row: sa.Row[Any],
    plans: PlanCache,
    opened: tuple[OpenIntent, ...],
    blocked: str | None,
    look: str | None,
) -> ActiveTask:
    facts = plans.of(connection, row.id)
    task = facts.tasks.get(row.item)
    asked = find_prompt(connection, row.id, row.item) if isinstance(task, Prompt) else None
    view = TaskView(
        id=row.id,
        state=RunState(row.state),
        desired=row.desired,
        prompt=task.text if isinstance(task, Prompt) else None,
        asked=asked is not None,
        confirmed=asked is not None and asked.answered_unix_s is not None,
        intents=opened,
        blocked_by=blocked,
        look_first=look,
        reason=row.reason,
    )
    return ActiveTask(view, row.cell_id, row.channel, row.item, facts, row.chamber)


def _chamber_first(row: sa.Row[Any], opened: Sequence[OpenIntent], turns: ChamberTurns) -> str | None:
    """Why a run that is about to start a segment, or to go on with one, must not: others have its chamber."""
    about_to = row.state in _ABOUT_TO_START or (row.state == RunState.STARTING.value and not opened)
    return turns.blocked_by(row.chamber, row.id) if row.chamber is not None and about_to else None


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
            *runs.c["id", "cell_id", "instrument", "channel", "chamber", "state", "desired", "reason", "item"],
            *runs.c["created_unix_s", "released_unix_s", "cycles_done"],
            segments.c.id.label("segment_id"),
            *segments.c["attempt", "tag", "test_id", "cursor", "cycle_offset"],
            last_seq.label("last_seq"),
        )
        .outerjoin(segments, sa.and_(segments.c.run_id == runs.c.id, segments.c.number == runs.c.item))
        .where(runs.c.instrument == instrument, runs.c.state.in_(_ACTIVE))
        .where(sa.or_(segments.c.id.is_(None), segments.c.attempt == newest))  # no segment: the service's own item
        .order_by(*queue_position())
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
                failure=row.detail if row.action == "stop" else None,
            )
            found.setdefault(row.run_id, []).append(intent)
    return found
