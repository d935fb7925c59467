"""What the engine writes about a chamber and the runs in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

import sqlalchemy as sa

from drivers.contracts import ChamberState, ChamberStatus
from orchestrator.config import ChamberPlace
from orchestrator.engine.advance import advance
from orchestrator.engine.chambers import actions as act
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.chambers.members import SET_TEMPERATURE
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.run_state import RunState
from orchestrator.store import intents
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.batches import close_batches
from orchestrator.store.chamber_records import ChamberRecord, insert_chamber_records
from orchestrator.store.chambers import set_holder, set_wanted, update_chamber
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event
from orchestrator.store.runs import get_run, set_progress, set_state
from orchestrator.store.tables import alarms, nodes, runs

__all__ = [
    "CONCERNS_CHANNEL",
    "alarm_change",
    "alarm_kinds",
    "arrived",
    "asking",
    "held",
    "member_change",
    "recorded",
    "refused_for",
    "seen",
    "silent",
    "taken",
]

Change = Callable[[sa.Connection], Any]
CONCERNS_CHANNEL = (act.GoOn, act.GiveUp, act.LeaveBatch)
"""Actions after which a run's channel has something to do, or is free."""
RunAction = act.ExplainMember | act.Wait | act.GoOn | act.GiveUp | act.LeaveBatch | act.MakeAgain


def arrived(place: ChamberPlace, identity: str, limits_degC: tuple[float, float], now: float) -> Change:
    """It answers, for the first time or again."""
    low, high = limits_degC

    def change(connection: sa.Connection) -> None:
        update_chamber(connection, place.name, low_degC=low, high_degC=high)
        _event(connection, place.name, f"{place.name} answers at {place.address}: {identity}", now)

    return change


def recorded(place: ChamberPlace, status: ChamberStatus, now: float) -> ChamberRecord:
    """One look as it is stored."""
    return ChamberRecord(
        place.name, now, status.process_degC, status.set_point_degC, status.output_percent, status.state.value
    )


def seen(place: ChamberPlace, status: ChamberStatus, records: Sequence[ChamberRecord], now: float) -> Change:
    """One look: the latest row, that its node lives, and the records that are not stored yet."""
    values = {
        "state": status.state.value,
        "native_state": status.native_state,
        "process_degC": status.process_degC,
        "set_point_degC": status.set_point_degC,
        "ramping_set_point_degC": status.ramping_set_point_degC,
        "output_percent": status.output_percent,
        "alarms": list(status.alarms),
        "seen_unix_s": now,
        "last_error": None,
    }

    def change(connection: sa.Connection) -> None:
        insert_chamber_records(connection, records)
        update_chamber(connection, place.name, **values)
        connection.execute(nodes.update().where(nodes.c.instrument == place.name).values(renewed_unix_s=now))

    return change


def silent(place: ChamberPlace, error: str, news: bool, now: float) -> Change:
    """A look that failed; an error is an event once, until it changes."""

    def change(connection: sa.Connection) -> None:
        update_chamber(connection, place.name, state=ChamberState.UNKNOWN.value, last_error=error)
        if news:
            _event(connection, place.name, f"{place.name}: {error}", now)

    return change


def held(name: str, holder: str | None) -> Change:
    """Who may set the temperature now, and which batches are over."""

    def change(connection: sa.Connection) -> None:
        set_holder(connection, name, holder)
        close_batches(connection, name)

    return change


def held_up(since_unix_s: Mapping[int, float | None]) -> Change:
    """Since when runs are held up; None: they go on."""

    def change(connection: sa.Connection) -> None:
        for run_id, unix_s in since_unix_s.items():
            connection.execute(runs.update().where(runs.c.id == run_id).values(held_up_unix_s=unix_s))

    return change


def asking(members: Sequence[Member], epoch: int, now: float) -> Change:
    """The set point is about to be written for these runs; one that has asked already has its intent."""

    def change(connection: sa.Connection) -> None:
        for member in members:
            if member.intent_id is None:
                intents.open_intent(
                    connection,
                    run_id=member.run_id,
                    action=SET_TEMPERATURE,
                    epoch=epoch,
                    detail=str(member.item),
                    now=now,
                )

    return change


def taken(name: str, target_degC: float, words: str, now: float) -> Change:
    """The chamber took a set point of ours."""

    def change(connection: sa.Connection) -> None:
        set_wanted(connection, name, target_degC, now=now)
        _event(connection, name, f"{name}: {words}", now)

    return change


def member_change(action: RunAction, member: Member, plans: PlanCache, now: float) -> Change:
    """What becomes of one run."""
    run_id = member.run_id
    match action:
        case act.ExplainMember(_, reason):
            return lambda connection: connection.execute(_of(run_id).values(reason=reason))
        case act.Wait(_, reason):
            return lambda connection: set_state(connection, run_id, RunState.WAITING, now=now, reason=reason)
        case act.GoOn():
            return lambda connection: _go_on(connection, member, plans, now)
        case act.GiveUp(_, reason):
            return lambda connection: _give_up(connection, member, reason, now)
        case act.MakeAgain(_, item, reason):
            return lambda connection: _make_again(connection, member, item, reason, now)
        case act.LeaveBatch(_, reason):
            return lambda connection: _leave(connection, member, reason, now)
        case _:
            assert_never(action)


def refused_for(run_id: int, reason: str, now: float) -> Change:
    """A set point that is beyond the chamber's limits: the run that asked for it fails."""

    def change(connection: sa.Connection) -> None:
        for intent in intents.open_intents(connection, run_id):
            intents.settle(connection, intent.id, "refused", detail=intent.detail, now=now)
        raise_alarm(connection, source=f"run {run_id}", severity="critical", message=reason, now=now)
        set_state(connection, run_id, RunState.FAILED, reason=reason, now=now)

    return change


def alarm_change(name: str, action: act.ChamberAlarm | act.ClearChamberAlarm, now: float) -> Change:
    """Raise or clear an alarm about the chamber itself."""
    source = _source(name, action.kind)
    if isinstance(action, act.ClearChamberAlarm):
        return lambda connection: clear_alarms(connection, source=source, now=now)
    severity, message = action.severity, action.message
    return lambda connection: raise_alarm(connection, source=source, severity=severity, message=message, now=now)


def alarm_kinds(connection: sa.Connection, name: str) -> frozenset[str]:
    """Kinds of the open alarms about a chamber itself."""
    prefix = _source(name, "")
    opened = sa.select(alarms.c.source).where(
        alarms.c.source.startswith(prefix, autoescape=True), alarms.c.cleared_unix_s.is_(None)
    )
    return frozenset(source.removeprefix(prefix) for source in connection.execute(opened).scalars())


def _go_on(connection: sa.Connection, member: Member, plans: PlanCache, now: float) -> None:
    _settle(connection, member, "reached", now)
    clear_alarms(connection, source=f"run {member.run_id}", now=now)
    advance(connection, member.run_id, member.item, plans.of(connection, member.run_id), now=now)


def _give_up(connection: sa.Connection, member: Member, reason: str, now: float) -> None:
    _settle(connection, member, "given up", now)
    raise_alarm(connection, source=f"run {member.run_id}", severity="critical", message=reason, now=now)
    set_state(connection, member.run_id, RunState.FAILED, reason=reason, now=now)


def _leave(connection: sa.Connection, member: Member, reason: str, now: float) -> None:
    _settle(connection, member, "left its batch", now)
    connection.execute(_of(member.run_id).values(batch_id=None))
    raise_alarm(connection, source=f"run {member.run_id}", severity="warning", message=reason, now=now)


def _make_again(connection: sa.Connection, member: Member, item: int, reason: str, now: float) -> None:
    """Raises StoreError where the run has got on meanwhile."""
    if intents.open_intents(connection, member.run_id) or get_run(connection, member.run_id).item != member.item:
        raise StoreError(f"run {member.run_id} is no longer between two items")
    set_progress(connection, member.run_id, item=item)
    set_state(connection, member.run_id, RunState.WAITING, now=now, reason=reason)


def _settle(connection: sa.Connection, member: Member, outcome: str, now: float) -> None:
    if member.intent_id is not None:
        intents.settle(connection, member.intent_id, outcome, now=now)


def _of(run_id: int) -> sa.Update:
    return runs.update().where(runs.c.id == run_id)


def _source(name: str, kind: str) -> str:
    return f"chamber {name}: {kind}"


def _event(connection: sa.Connection, name: str, message: str, now: float) -> None:
    append_event(connection, now=now, actor="engine", kind="chamber", message=message, instrument=name)
