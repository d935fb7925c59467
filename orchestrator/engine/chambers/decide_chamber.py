"""Everything a chamber does for the runs in it, in one pure function: no I/O, no clock.

A temperature step is a barrier for the runs that hold the chamber together: all arrive, the set point is written once,
the temperature is stable for the whole soak, all go on. A run that fails is over and no longer waited for; one that is
held up (paused, lost, waiting for a person) is waited for a while, then the others go on without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.contracts import ChamberState, ChamberStatus
from orchestrator.engine.chambers.actions import (
    ChamberAction,
    ChamberAlarm,
    ClearChamberAlarm,
    ExplainMember,
    GiveUp,
    GoOn,
    LeaveBatch,
    SetPoint,
    Wait,
)
from orchestrator.engine.chambers.holds import Group, Holds
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.chambers.progress import progress
from orchestrator.engine.chambers.stability import Stability
from orchestrator.run_state import RunState
from protocols.plan import SetTemperature

__all__ = ["FOREIGN", "ChamberView", "decide_chamber"]

FOREIGN = "set point"
"""Kind of the alarm that somebody else has changed the set point."""
_CONFIRM_S = 30.0
_ROUNDING_K = 0.11
"""Chambers show tenths of a degree, some of them of Fahrenheit."""


@dataclass(frozen=True, slots=True)
class ChamberView:
    """A chamber as the database has it, and as it was seen."""

    name: str
    status: ChamberStatus | None
    """None: it does not answer."""
    silence: str
    """Why not; empty while it answers."""
    holds: Holds
    wanted_degC: float | None = None
    """The last set point of ours; None: never."""
    wanted_unix_s: float = 0.0
    stability: Stability | None = None
    """Of the present temperature step; None before its set point has been written."""
    park_degC: float | None = None
    patience_s: float = 7200.0
    """How long a member of a batch that is held up is waited for."""
    alarms: frozenset[str] = field(default=frozenset())
    """Kinds of our open alarms about it."""


def decide_chamber(chamber: ChamberView, now_unix_s: float, now_s: float) -> list[ChamberAction]:
    """What to do next; an empty list: nothing until something changes. ``now_s`` is the engine's steady clock."""
    actions = _set_point_alarm(chamber, now_unix_s)
    for member, whom in chamber.holds.waiting:
        if member.step is not None:  # at any other item its channel says so
            actions += _explain(member, f"waits for {whom}, which has {chamber.name}")
    group = chamber.holds.setter
    if group is not None:
        return actions + _barrier(chamber, group, now_unix_s, now_s)
    if not chamber.holds.granted:
        actions += _park(chamber)
    return actions


def _barrier(chamber: ChamberView, group: Group, now_unix_s: float, now_s: float) -> list[ChamberAction]:
    coming = [member for member in group.members if member.coming]
    if not coming:
        return []
    number = min(member.passed for member in coming)
    arrived = [member for member in coming if member.step and member.passed == number and member.desired == "run"]
    late = [member for member in group.members if member not in arrived]
    if not arrived:
        paused = [member for member in coming if member.step and member.desired == "pause"]
        return [action for member in paused for action in _explain(member, "paused; resume lets it go on")]
    gone = [member for member in late if _waited_enough(chamber, member, now_s)]
    if gone:
        return [LeaveBatch(member.run_id, _left(chamber, member)) for member in gone]
    if late:
        names = ", ".join(f"run {member.run_id} ({member.state})" for member in late)
        return _wait(arrived, f"in {chamber.name}, waits for {names}")
    return _bring_to(chamber, arrived, now_unix_s)


def _waited_enough(chamber: ChamberView, member: Member, now_s: float) -> bool:
    return member.held_up and member.held_up_since_s is not None and now_s - member.held_up_since_s > chamber.patience_s


def _left(chamber: ChamberView, member: Member) -> str:
    minutes = chamber.patience_s / 60
    return f"{member.state} for more than {minutes:.0f} min: the others in {chamber.name} go on without it"


def _bring_to(chamber: ChamberView, arrived: Sequence[Member], now_unix_s: float) -> list[ChamberAction]:
    step = arrived[0].step
    assert step is not None  # noqa: S101  who has arrived stands at one
    asked = [member.asked_unix_s for member in arrived if member.asked_unix_s is not None]
    if asked and now_unix_s - min(asked) >= step.give_up_after_s:
        return [GiveUp(member.run_id, _given_up(chamber, step)) for member in arrived]
    if chamber.status is None:
        return _wait(arrived, f"{chamber.name} does not answer: {chamber.silence}")
    if len(asked) < len(arrived):
        return [SetPoint(step.target_degC, step.ramp_K_per_min, tuple(member.run_id for member in arrived))]
    stability = chamber.stability
    if stability is None or _foreign(chamber) or chamber.status.state is not ChamberState.RUNNING:
        return _wait(arrived, _hindered(chamber, step))
    if stability.reached(step.soak_s):
        return [GoOn(member.run_id) for member in arrived]
    return _wait(arrived, progress(chamber.name, step, stability, now_unix_s))


def _given_up(chamber: ChamberView, step: SetTemperature) -> str:
    process_degC = None if chamber.status is None else chamber.status.process_degC
    shown = "unknown" if process_degC is None else f"{process_degC:.1f} °C"
    hours = step.give_up_after_s / 3600
    return f"{chamber.name} was not stable at {step.target_degC:g} °C within {hours:g} h; its temperature is {shown}"


def _hindered(chamber: ChamberView, step: SetTemperature) -> str:
    status = chamber.status
    if status is not None and _foreign(chamber):
        shown = "unknown" if status.set_point_degC is None else f"{status.set_point_degC:g} °C"
        return f"{chamber.name}: the set point is {shown}, not ours of {step.target_degC:g} °C"
    if status is not None and status.state is not ChamberState.RUNNING:
        return f"{chamber.name} is {status.state} ({status.native_state}), it does not go to {step.target_degC:g} °C"
    return f"{chamber.name}: {step.target_degC:g} °C has been asked for"


def _foreign(chamber: ChamberView) -> bool:
    """Whether the set point is not the one that we wrote last."""
    if chamber.status is None or chamber.status.set_point_degC is None or chamber.wanted_degC is None:
        return False
    return abs(chamber.status.set_point_degC - chamber.wanted_degC) > _ROUNDING_K


def _set_point_alarm(chamber: ChamberView, now_unix_s: float) -> list[ChamberAction]:
    """Somebody else's set point is told, not fought; it matters while anybody of ours is in the chamber."""
    if chamber.status is None:
        return []
    if chamber.holds.granted and _foreign(chamber):
        if FOREIGN in chamber.alarms or now_unix_s - chamber.wanted_unix_s < _CONFIRM_S:
            return []
        shown = chamber.status.set_point_degC
        message = f"the set point of {chamber.name} was changed by someone else: {shown:g} °C instead of"
        return [ChamberAlarm("critical", FOREIGN, f"{message} {chamber.wanted_degC:g} °C; nothing is written over it")]
    return [ClearChamberAlarm(FOREIGN)] if FOREIGN in chamber.alarms else []


def _park(chamber: ChamberView) -> list[ChamberAction]:
    """A chamber that we have used and that nobody holds goes to its park temperature, once."""
    if chamber.park_degC is None or chamber.wanted_degC in (None, chamber.park_degC) or chamber.status is None:
        return []
    return [SetPoint(chamber.park_degC, None, ())]


def _explain(member: Member, reason: str) -> list[ChamberAction]:
    return [] if member.reason == reason else [ExplainMember(member.run_id, reason)]


def _wait(members: Sequence[Member], reason: str) -> list[ChamberAction]:
    """All of these wait, for the same reason."""
    told = [member for member in members if member.reason != reason or member.state is not RunState.WAITING]
    return [Wait(member.run_id, reason) for member in told]
