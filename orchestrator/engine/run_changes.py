"""What the engine writes about a run: each function returns a change that the Recorder carries out in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from orchestrator.analysis.queue import queue_analyses
from orchestrator.engine import actions as act
from orchestrator.engine.advance import advance
from orchestrator.engine.known import ActiveRun, ActiveTask
from orchestrator.run_state import RunState
from orchestrator.store import intents
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.events import append_event
from orchestrator.store.prompts import raise_prompt
from orchestrator.store.runs import set_progress, set_state
from orchestrator.store.segments import finish_segment, next_offsets, set_started, set_test_id
from orchestrator.store.tables import cycles, runs, segments

__all__ = [
    "Change",
    "change_for",
    "note",
    "open_intent",
    "plan_unreadable",
    "refused",
    "segment_finished",
    "start_not_sent",
    "start_refused",
    "starting",
]

Change = Callable[[sa.Connection], Any]


AnyRun = ActiveRun | ActiveTask


def change_for(run: AnyRun, action: act.Action, instrument: str, now: float) -> Change:
    """The change that records one action which needs no word to the instrument."""
    run_id, source = run.view.id, f"run {run.view.id}"
    match action:
        case act.Settle(intent_id, outcome, detail):
            return lambda connection: intents.settle(connection, intent_id, outcome, detail=detail, now=now)
        case act.Transition(state, reason):
            return lambda connection: _transition(connection, run, state, reason, now)
        case act.Desire(desired):
            # An order that a person has given meanwhile stands.
            unchanged = _of(run_id).where(runs.c.desired == run.view.desired)
            return lambda connection: connection.execute(unchanged.values(desired=desired))
        case act.Explain(reason):
            return lambda connection: connection.execute(_of(run_id).values(reason=reason))
        case act.Alarm(severity, message):
            return lambda connection: raise_alarm(
                connection, source=source, severity=severity, message=message, now=now
            )
        case act.ClearAlarms():
            return lambda connection: clear_alarms(connection, source=source, now=now)
        case act.Note(message):
            return note(run, instrument, message, now)
        case _:
            return _segment_change(run, action, now) if isinstance(run, ActiveRun) else _task_change(run, action, now)


def _segment_change(run: ActiveRun, action: act.Action, now: float) -> Change:
    match action:
        case act.Recognise(test_id):
            return lambda connection: _recognise(connection, run, test_id, now)
        case act.NewAttempt():
            return lambda connection: _new_attempt(connection, run)
        case act.FinishSegment():
            return segment_finished(run, action, now)
        case _:
            raise AssertionError(f"{action} is no change of the database alone")


def _task_change(run: ActiveTask, action: act.Action, now: float) -> Change:
    match action:
        case act.Ask(text):
            return lambda connection: raise_prompt(connection, run.view.id, run.item, text, now=now)
        case act.Advance():
            return lambda connection: advance(connection, run.view.id, run.item, run.facts, now=now)
        case _:
            raise AssertionError(f"{action} is nothing for a run without a segment")


def note(run: AnyRun, instrument: str, message: str, now: float) -> Change:
    """One line in the event log about a run."""
    return lambda connection: append_event(
        connection,
        now=now,
        actor="engine",
        kind="note",
        message=message,
        run_id=run.view.id,
        instrument=instrument,
        channel=run.channel,
    )


def open_intent(
    run: ActiveRun,
    action: str,
    epoch: int,
    now: float,
    *,
    test_id_before: str | None = None,
    detail: str | None = None,
) -> Callable[[sa.Connection], int]:
    """An action is about to be taken (of a stop: has just been sent); gives the intent's id."""
    return lambda connection: intents.open_intent(
        connection,
        run_id=run.view.id,
        segment_id=run.view.segment.id,
        action=action,
        epoch=epoch,
        test_id_before=test_id_before,
        detail=detail,
        now=now,
    )


def starting(run: ActiveRun, epoch: int, test_id_before: str | None, now: float) -> Callable[[sa.Connection], int]:
    """The intent to start, and the run's state with it."""
    intent = open_intent(run, "start", epoch, now, test_id_before=test_id_before)

    def change(connection: sa.Connection) -> int:
        set_state(connection, run.view.id, RunState.STARTING, now=now)
        return intent(connection)

    return change


def start_refused(run: ActiveRun, intent_id: int, reason: str, now: float) -> Change:
    """The instrument, or the driver on its behalf, said no: nothing was started."""

    def change(connection: sa.Connection) -> None:
        intents.settle(connection, intent_id, "refused", detail=reason, now=now)
        raise_alarm(connection, source=f"run {run.view.id}", severity="warning", message=reason, now=now)
        set_state(connection, run.view.id, RunState.FAILED, reason=reason, now=now)

    return change


def start_not_sent(run: ActiveRun, intent_id: int, reason: str, now: float) -> Change:
    """Not a byte has left: the run waits as before and is started at a later look."""

    def change(connection: sa.Connection) -> None:
        intents.settle(connection, intent_id, "not sent", detail=reason, now=now)
        if run.view.state is not RunState.STARTING:
            set_state(connection, run.view.id, RunState.QUEUED, reason=reason, now=now)

    return change


def refused(run: AnyRun, reason: str, now: float) -> Change:
    """The store refuses what was decided about a run; it is decided again at the next look."""
    source = f"run {run.view.id}"
    return lambda connection: raise_alarm(connection, source=source, severity="critical", message=reason, now=now)


def plan_unreadable(run_id: int, reason: str, now: float) -> Change:
    """What is stored of one run is of no use: that run fails, the others go on."""

    def change(connection: sa.Connection) -> None:
        raise_alarm(connection, source=f"run {run_id}", severity="critical", message=reason, now=now)
        set_state(connection, run_id, RunState.FAILED, reason=reason, now=now)

    return change


def segment_finished(run: ActiveRun, action: act.FinishSegment, now: float) -> Change:
    """Close the segment and complete its last cycle; where the plan goes on, hand the next segment its offsets."""

    def change(connection: sa.Connection) -> None:
        finish_segment(connection, run.view.segment.id, action.outcome, now=now)
        done = sa.select(sa.func.count()).where(cycles.c.run_id == run.view.id, cycles.c.complete).scalar_subquery()
        connection.execute(_of(run.view.id).values(cycles_done=done))
        if not action.go_on:
            return
        cycle_offset, time_offset_s = next_offsets(connection, run.view.id)
        behind = sa.and_(segments.c.run_id == run.view.id, segments.c.number > run.item)
        following = sa.select(sa.func.min(segments.c.number)).where(behind).scalar_subquery()
        offsets = {"cycle_offset": cycle_offset, "time_offset_s": time_offset_s}
        connection.execute(segments.update().where(behind, segments.c.number == following).values(**offsets))
        set_progress(connection, run.view.id, item=run.item + 1)

    return change


def _of(run_id: int) -> sa.Update:
    return runs.update().where(runs.c.id == run_id)


def _recognise(connection: sa.Connection, run: ActiveRun, test_id: str, now: float) -> None:
    set_test_id(connection, run.view.segment.id, test_id)
    set_started(connection, run.view.segment.id, now=now)


def _new_attempt(connection: sa.Connection, run: ActiveRun) -> None:
    """The same bytes under a new tag; the attempt before stays in the table with its outcome."""
    old = connection.execute(sa.select(segments).where(segments.c.id == run.view.segment.id)).mappings().one()
    attempt = old["attempt"] + 1
    copied = {key: value for key, value in old.items() if key != "id"}
    copied |= {"attempt": attempt, "tag": f"{run.cell_id}#{run.view.id}.{old['number']}.{attempt}"}
    connection.execute(segments.update().where(segments.c.id == old["id"]).values(outcome="not started"))
    connection.execute(segments.insert().values(**copied))


def _transition(connection: sa.Connection, run: AnyRun, state: RunState, reason: str | None, now: float) -> None:
    set_state(connection, run.view.id, state, reason=reason, now=now)
    if state is RunState.COMPLETED:
        queue_analyses(connection, run.view.id, run.facts.analyses, now)
