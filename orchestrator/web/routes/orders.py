"""Pause, resume and stop: what is wanted changes in the database; the node carries it out."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection, select, update

from orchestrator.launch.latched_trip import latched_for_run
from orchestrator.run_state import RunState
from orchestrator.store.campaigns import stop_campaigns
from orchestrator.store.events import append_event
from orchestrator.store.prompts import answer_prompt, find_prompt
from orchestrator.store.runs import set_desired, set_state
from orchestrator.store.tables import runs
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.queue import Confirmation
from orchestrator.web.models.run import Desired, Order, OrderAnswer
from orchestrator.web.refusal import Conflict, NotFound
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import ENDED
from orchestrator.web.service import ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["runs"])


@router.post("/runs/{run_id}/pause")
def pause_run(run_id: RunId, order: Order, person: Asking, service: ServiceHere) -> OrderAnswer:
    """Pause a run as soon as its channel can."""
    order = signed(order, person)
    with service.writing() as connection:
        answer = _want(connection, run_id, "pause", order, service.now_unix_s(connection))
    return _done(answer)


@router.post("/runs/{run_id}/resume")
def resume_run(run_id: RunId, order: Order, person: Asking, service: ServiceHere) -> OrderAnswer:
    """Let a paused run go on; release one that waits for an operator."""
    order = signed(order, person)
    with service.writing() as connection:
        trip = latched_for_run(connection, service.lab, run_id)
        if trip is not None:
            raise Conflict(f"{trip} holds run {run_id} back; look, then `cellbench ack trip {trip.id} --reason …`")
        answer = _want(connection, run_id, "run", order, service.now_unix_s(connection))
    return _done(answer)


@router.post("/runs/{run_id}/stop")
def stop_run(run_id: RunId, order: Order, person: Asking, service: ServiceHere) -> OrderAnswer:
    """End a run at open circuit. A run that has ended already stays as it is."""
    order = signed(order, person)
    with service.writing() as connection:
        answer = _want(connection, run_id, "stop", order, service.now_unix_s(connection))
    return _done(answer)


@router.post("/runs/{run_id}/confirm")
def confirm_run(run_id: RunId, order: Confirmation, person: Asking, service: ServiceHere) -> OrderAnswer:
    """Confirm what a run asks a person to do: then it goes on. A barcode that is scanned must be its cell's."""
    order = signed(order, person)
    with service.writing() as connection:
        answer = _confirm(connection, run_id, order, service.now_unix_s(connection))
    return _done(answer)


@router.post("/stop-all")
def stop_all(order: Order, person: Asking, service: ServiceHere) -> list[OrderAnswer]:
    """End every run that has not ended, and every campaign."""
    order = signed(order, person)
    with service.writing() as connection:
        now_unix_s = service.now_unix_s(connection)
        stop_campaigns(connection, actor=order.actor, now=now_unix_s, reason=order.reason)
        active = connection.execute(select(runs.c.id).where(runs.c.state.not_in(ENDED)).order_by(runs.c.id)).scalars()
        answers = [_want(connection, run_id, "stop", order, now_unix_s) for run_id in active.all()]
    return [_done(answer) for answer in answers]


def _done(answer: OrderAnswer | Conflict) -> OrderAnswer:
    """Raise what an order was refused with, after its line in the event log is committed."""
    if isinstance(answer, Conflict):
        raise answer
    return answer


def _confirm(connection: Connection, run_id: int, order: Confirmation, now_unix_s: float) -> OrderAnswer | Conflict:
    query = select(runs.c.state, runs.c.desired, runs.c.item, runs.c.cell_id).where(runs.c.id == run_id)
    run = connection.execute(query).one_or_none()
    if run is None:
        raise NotFound(f"there is no run {run_id}; `cellbench ls` lists them")
    asked = find_prompt(connection, run_id, run.item)
    if order.barcode not in (None, run.cell_id):
        wrong = f"{order.barcode} is not the cell of run {run_id} ({run.cell_id}); nothing was confirmed"
        append_event(connection, now=now_unix_s, actor=order.actor, kind="order", message=wrong, run_id=run_id)
        return Conflict(f"{wrong}: scan the right one")
    if run.state in ENDED or not answer_prompt(connection, run_id, run.item, by=order.actor, now=now_unix_s):
        raise Conflict(f"run {run_id} ({run.state}) asks nobody to confirm anything")
    done = f"confirmed: {asked.text if asked else ''}" + (f" ({order.reason})" if order.reason else "")
    append_event(connection, now=now_unix_s, actor=order.actor, kind="order", message=done, run_id=run_id)
    still = "; it is paused: resume it" if run.desired == "pause" else ""
    message = f"run {run_id}: confirmed{still}"
    return OrderAnswer(run_id=run_id, state=run.state, desired=run.desired, message=message)


def _want(
    connection: Connection, run_id: int, desired: Desired, order: Order, now_unix_s: float
) -> OrderAnswer | Conflict:
    """Write what is wanted. Returned, not raised, is a Conflict with an order before it: both stand in the log."""
    query = select(runs.c.state, runs.c.desired, runs.c.item).where(runs.c.id == run_id)
    run = connection.execute(query).one_or_none()
    if run is None:
        raise NotFound(f"there is no run {run_id}; `cellbench ls` lists them")
    verb = "resume" if desired == "run" else desired
    if run.state in ENDED:
        if desired == "stop":
            return OrderAnswer(run_id=run_id, state=run.state, desired="stop", message=f"run {run_id} is {run.state}")
        raise Conflict(f"run {run_id} is {run.state} and cannot {verb}; launch it again")
    if not set_desired(connection, run_id, desired, actor=order.actor, now=now_unix_s):
        return Conflict(f"run {run_id} is being stopped and cannot {verb}; launch it again")
    state = run.state
    if desired == "run" and _waits_to_confirm(connection, run_id, run.item, run.desired):
        raise Conflict(f"run {run_id} waits for a person to act: when it is done, `cellbench confirm {run_id}`")
    if desired == "run" and run.item == 0 and state in (RunState.WAITING, RunState.QUEUED):
        # an operator has looked: what happened before on this channel no longer holds the run back
        state = RunState.QUEUED.value
        set_state(connection, run_id, RunState.QUEUED, now=now_unix_s, actor=order.actor)
        connection.execute(update(runs).where(runs.c.id == run_id).values(released_unix_s=now_unix_s))
    if order.reason:
        append_event(
            connection, now=now_unix_s, actor=order.actor, kind="note", message=f"{verb}: {order.reason}", run_id=run_id
        )
    message = f"run {run_id}: {verb} requested ({state})"
    return OrderAnswer(run_id=run_id, state=state, desired=desired, message=message)


def _waits_to_confirm(connection: Connection, run_id: int, item: int, desired: str) -> bool:
    """Whether resuming would do nothing: the run is not paused, it has asked a person to act."""
    asked = find_prompt(connection, run_id, item)
    return asked is not None and asked.answered_unix_s is None and desired == "run"
