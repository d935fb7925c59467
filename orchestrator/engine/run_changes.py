"""What the engine writes about a run: each function returns a change that the Recorder carries out in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from orchestrator.analysis.queue import queue_analyses
from orchestrator.engine import actions as act
from orchestrator.engine.known import ActiveRun
from orchestrator.engine.log import append_event, clear_alarms, raise_alarm
from orchestrator.run_state import LEGAL, TERMINAL, RunState
from orchestrator.store.tables import cycles, intents, records, runs, segments

__all__ = [
    "Change",
    "change_for",
    "note",
    "open_intent",
    "segment_finished",
    "start_not_sent",
    "start_refused",
    "starting",
]

Change = Callable[[sa.Connection], Any]


class IllegalTransition(Exception):
    """The engine asked for a state that cannot follow the present one: a defect, and nothing is written."""


def change_for(run: ActiveRun, action: act.Action, instrument: str, now_unix_s: float) -> Change:
    """The change that records one action which needs no word to the instrument."""
    run_id = run.view.id
    match action:
        case act.Settle(intent_id, outcome, detail):
            return lambda connection: _settle(connection, intent_id, outcome, detail, now_unix_s)
        case act.Recognise(test_id):
            return lambda connection: _recognise(connection, run, test_id, now_unix_s)
        case act.NewAttempt():
            return lambda connection: _new_attempt(connection, run)
        case act.Transition(state, reason):
            return lambda connection: _transition(connection, run, instrument, state, reason, now_unix_s)
        case act.Desire(desired):
            return _update_run(run_id, desired=desired)
        case act.Explain(reason):
            return _update_run(run_id, reason=reason)
        case act.Alarm(severity, message):
            return lambda connection: raise_alarm(connection, f"run {run_id}", severity, message, now_unix_s)
        case act.ClearAlarms():
            return lambda connection: clear_alarms(connection, f"run {run_id}", now_unix_s)
        case act.Note(message):
            return note(run, instrument, message, now_unix_s)
        case _:
            raise AssertionError(f"{action} is no change of the database alone")


def note(run: ActiveRun, instrument: str, message: str, now_unix_s: float) -> Change:
    """One line in the event log about a run."""
    return lambda connection: append_event(
        connection, "note", message, now_unix_s, run_id=run.view.id, instrument=instrument, channel=run.channel
    )


def open_intent(
    run: ActiveRun, action: str, epoch: int, now_unix_s: float, test_id_before: str | None = None
) -> Callable[[sa.Connection], int]:
    """An action is about to be taken (of a stop: has just been sent); gives the intent's id."""
    values = {
        "run_id": run.view.id,
        "segment_id": run.view.segment.id,
        "action": action,
        "epoch": epoch,
        "created_unix_s": now_unix_s,
        "test_id_before": test_id_before,
    }
    return lambda connection: int(
        connection.execute(intents.insert().values(**values).returning(intents.c.id)).scalar_one()
    )


def starting(
    run: ActiveRun, epoch: int, test_id_before: str | None, now_unix_s: float
) -> Callable[[sa.Connection], int]:
    """The intent to start, and the run's state with it."""
    intent = open_intent(run, "start", epoch, now_unix_s, test_id_before)

    def change(connection: sa.Connection) -> int:
        if run.view.state is not RunState.STARTING:  # between two segments it is so already
            _set_state(connection, run.view.id, run.view.state, RunState.STARTING, reason=None)
        return intent(connection)

    return change


def start_refused(run: ActiveRun, instrument: str, intent_id: int, reason: str, now_unix_s: float) -> Change:
    """The instrument, or the driver on its behalf, said no: nothing was started."""

    def change(connection: sa.Connection) -> None:
        _settle(connection, intent_id, "refused", reason, now_unix_s)
        raise_alarm(connection, f"run {run.view.id}", "warning", reason, now_unix_s)
        _finish_run(connection, run.view.id, RunState.STARTING, RunState.FAILED, reason, now_unix_s)
        append_event(connection, "failed", reason, now_unix_s, run_id=run.view.id, instrument=instrument)

    return change


def start_not_sent(run: ActiveRun, intent_id: int, reason: str, now_unix_s: float) -> Change:
    """Not a byte has left: the run waits as before and is started at a later look."""

    def change(connection: sa.Connection) -> None:
        _settle(connection, intent_id, "not sent", reason, now_unix_s)
        if run.view.state is not RunState.STARTING:
            _set_state(connection, run.view.id, RunState.STARTING, RunState.QUEUED, reason=reason)

    return change


def segment_finished(run: ActiveRun, action: act.FinishSegment, now_unix_s: float) -> Change:
    """Close the segment; where the plan goes on, hand the next segment its offsets."""

    def change(connection: sa.Connection) -> None:
        segment_id = run.view.segment.id
        closed = {"finished_unix_s": now_unix_s, "outcome": action.outcome}
        connection.execute(segments.update().where(segments.c.id == segment_id).values(**closed))
        if not action.go_on:
            return
        last_s = connection.scalar(
            sa.select(sa.func.max(records.c.test_time_s)).where(records.c.segment_id == segment_id)
        )
        offset_s = connection.scalar(sa.select(segments.c.time_offset_s).where(segments.c.id == segment_id))
        last_cycle = connection.scalar(sa.select(sa.func.max(cycles.c.cycle)).where(cycles.c.run_id == run.view.id))
        offsets = {"cycle_offset": last_cycle or 0, "time_offset_s": (offset_s or 0.0) + (last_s or 0.0)}
        following = sa.and_(segments.c.run_id == run.view.id, segments.c.number == run.item + 1)
        connection.execute(segments.update().where(following).values(**offsets))
        connection.execute(runs.update().where(runs.c.id == run.view.id).values(item=run.item + 1))

    return change


def _settle(connection: sa.Connection, intent_id: int, outcome: str, detail: str, now_unix_s: float) -> None:
    values = {"outcome": outcome, "detail": detail, "settled_unix_s": now_unix_s}
    connection.execute(intents.update().where(intents.c.id == intent_id, intents.c.outcome.is_(None)).values(**values))


def _recognise(connection: sa.Connection, run: ActiveRun, test_id: str, now_unix_s: float) -> None:
    segment = segments.update().where(segments.c.id == run.view.segment.id)
    connection.execute(segment.values(test_id=test_id, started_unix_s=now_unix_s))
    first = runs.update().where(runs.c.id == run.view.id, runs.c.started_unix_s.is_(None))
    connection.execute(first.values(started_unix_s=now_unix_s))


def _new_attempt(connection: sa.Connection, run: ActiveRun) -> None:
    """The same bytes under a new tag; the attempt before stays in the table with its outcome."""
    old = connection.execute(sa.select(segments).where(segments.c.id == run.view.segment.id)).mappings().one()
    attempt = old["attempt"] + 1
    copied = {key: value for key, value in old.items() if key != "id"}
    copied |= {"attempt": attempt, "tag": f"{run.cell_id}#{run.view.id}.{old['number']}.{attempt}"}
    connection.execute(segments.update().where(segments.c.id == old["id"]).values(outcome="not started"))
    connection.execute(segments.insert().values(**copied))


def _transition(
    connection: sa.Connection, run: ActiveRun, instrument: str, state: RunState, reason: str | None, now_unix_s: float
) -> None:
    present = RunState(connection.execute(sa.select(runs.c.state).where(runs.c.id == run.view.id)).scalar_one())
    message = f"{state}: {reason}" if reason else str(state)
    if state in TERMINAL:
        _finish_run(connection, run.view.id, present, state, reason, now_unix_s)
    else:
        _set_state(connection, run.view.id, present, state, reason)
    if state is RunState.COMPLETED:
        queue_analyses(connection, run.view.id, run.facts.analyses, now_unix_s)
    append_event(
        connection, "state", message, now_unix_s, run_id=run.view.id, instrument=instrument, channel=run.channel
    )


def _finish_run(
    connection: sa.Connection, run_id: int, present: RunState, state: RunState, reason: str | None, now_unix_s: float
) -> None:
    _set_state(connection, run_id, present, state, reason)
    connection.execute(runs.update().where(runs.c.id == run_id).values(finished_unix_s=now_unix_s))


def _set_state(connection: sa.Connection, run_id: int, present: RunState, state: RunState, reason: str | None) -> None:
    """Compare and set, so that two writers cannot both move a run."""
    if state not in LEGAL[present]:
        raise IllegalTransition(f"run {run_id}: {state} cannot follow {present}")
    moved = connection.execute(
        runs.update().where(runs.c.id == run_id, runs.c.state == present.value).values(state=state.value, reason=reason)
    )
    if moved.rowcount != 1:
        raise IllegalTransition(f"run {run_id} is not {present} any more")


def _update_run(run_id: int, **values: object) -> Change:
    return lambda connection: connection.execute(runs.update().where(runs.c.id == run_id).values(**values))
