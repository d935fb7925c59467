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
    Confirmed,
    ExplainMember,
    GiveUp,
    GoOn,
    LeaveBatch,
    MakeAgain,
    SetPoint,
    Wait,
)
from orchestrator.engine.chambers.holds import Group, Holds
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.chambers.progress import progress
from orchestrator.engine.chambers.stability import Stability
from orchestrator.run_state import RunState
from protocols.plan import SetTemperature

__all__ = ["FOREIGN", "ORDER", "SILENT", "ChamberView", "decide_chamber"]

FOREIGN = "set point"
"""Kind of the alarm that somebody else has changed the set point."""
ORDER = "order"
"""Kind of the alarm that it does not take a set point."""
SILENT = "silent"
"""Kind of the alarm that it does not answer although runs are in it."""
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
    silent_s: float = 0.0
    """For how long it has not answered."""
    lost_after_s: float = 60.0
    wanted_degC: float | None = None
    """The last set point of ours that it took; None: never."""
    wanted_unix_s: float = 0.0
    """When it took that."""
    trouble: str = ""
    """Why the latest set point was not taken; empty: it was."""
    stability: Stability | None = None
    """Of the present temperature step; None before a look since its set point was taken."""
    waited_since_s: float = 0.0
    """Since when this process knows that all wait for the temperature: a time-out does not run while nobody watches,
    nor while anybody is held up."""
    driven: tuple[str, ...] = ()
    """Benches inside on which something drives a cell, or might."""
    park_degC: float | None = None
    patience_s: float = 7200.0
    """How long a member of a batch that is held up is waited for."""
    alarms: frozenset[str] = field(default=frozenset())
    """Kinds of our open alarms about it."""


def decide_chamber(chamber: ChamberView, now_unix_s: float, now_s: float) -> list[ChamberAction]:
    """What to do next; an empty list: nothing until something changes. ``now_s`` is the engine's steady clock."""
    actions = _alarms(chamber, now_unix_s)
    for member, whom in chamber.holds.waiting:
        if member.step is not None and not member.blocked:  # else its channel's loop says why
            actions += _explain(member, f"waits for {whom}, which has {chamber.name}")
    group = chamber.holds.setter
    if group is not None:
        return actions + _barrier(chamber, group, now_unix_s, now_s)
    if not chamber.holds.granted:
        actions += _park(chamber)
    return actions


def _barrier(chamber: ChamberView, group: Group, now_unix_s: float, now_s: float) -> list[ChamberAction]:
    again = [action for member in group.members for action in _made_again(chamber, member)]
    if again:
        return again
    coming = [member for member in group.members if member.coming]
    if not coming:
        return []
    number = min(member.passed for member in coming)
    there = [member for member in coming if member.step and member.passed == number and not member.blocked]
    arrived = [member for member in there if member.desired == "run"]
    paused = [member for member in there if member.desired == "pause"]
    actions = [action for member in paused for action in _explain(member, "paused; resume lets it go on")]
    if not arrived:
        return actions
    late = [member for member in group.members if member not in arrived]
    gone = [member for member in late if _waited_enough(chamber, member, now_s)]
    if gone:
        return [*actions, *(LeaveBatch(member.run_id, _left(chamber, member)) for member in gone)]
    if late:
        names = ", ".join(f"run {member.run_id} ({_how(member)})" for member in late)
        return actions + _wait(arrived, f"in {chamber.name}, waits for {names}")
    return actions + _bring_to(chamber, arrived, now_unix_s, now_s)


def _made_again(chamber: ChamberView, member: Member) -> list[ChamberAction]:
    """Who has left its batch and has the chamber now begins again at the temperature that it had not used yet."""
    between = member.state is RunState.STARTING and not member.ordered and member.desired == "run"
    if not between or member.made is None or not member.elsewhere(chamber.wanted_degC):
        return []
    item, step = member.made
    reason = f"{chamber.name} was sent to {chamber.wanted_degC:g} °C meanwhile: {step.target_degC:g} °C is made again"
    return [MakeAgain(member.run_id, item, reason)]


def _how(member: Member) -> str:
    return "paused" if member.desired == "pause" else str(member.state)


def _waited_enough(chamber: ChamberView, member: Member, now_s: float) -> bool:
    return member.held_up and member.held_up_since_s is not None and now_s - member.held_up_since_s > chamber.patience_s


def _left(chamber: ChamberView, member: Member) -> str:
    minutes = chamber.patience_s / 60
    return f"{_how(member)} for more than {minutes:.0f} min: the others in {chamber.name} go on without it"


def _bring_to(chamber: ChamberView, arrived: Sequence[Member], now_unix_s: float, now_s: float) -> list[ChamberAction]:
    step = arrived[0].step
    assert step is not None  # noqa: S101  who has arrived stands at one
    asked = [member.asked_unix_s for member in arrived if member.asked_unix_s is not None]
    stability = chamber.stability
    steady = stability is not None and chamber.status is not None and not _hindered(chamber)
    written = len(asked) == len(arrived) and _took(chamber, step, max(asked))
    if written and steady and stability is not None and stability.reached(step.soak_s):
        return [GoOn(member.run_id) for member in arrived]
    if asked and now_s - chamber.waited_since_s >= step.give_up_after_s:
        return [GiveUp(member.run_id, _given_up(chamber, step)) for member in arrived]
    if chamber.status is None:
        return _wait(arrived, f"{chamber.name} does not answer: {chamber.silence}")
    if not written:
        return _ask(chamber, step, arrived, asked_before=len(asked) == len(arrived))
    if stability is None or not steady:
        fresh = _just_taken(chamber, now_unix_s)
        told = ("" if fresh else _hindered(chamber)) or f"{step.target_degC:g} °C has been asked for"
        return _wait(arrived, f"{chamber.name}: {told}")
    return _wait(arrived, progress(chamber.name, step, stability, now_unix_s, now_s))


def _just_taken(chamber: ChamberView, now_unix_s: float) -> bool:
    """Whether the last set point need not show yet; one from a time to come was taken before the clock was set back."""
    return 0 <= now_unix_s - chamber.wanted_unix_s < _CONFIRM_S


def _took(chamber: ChamberView, step: SetTemperature, asked_unix_s: float) -> bool:
    """Whether it is known that the chamber took this step's set point."""
    return chamber.wanted_degC == step.target_degC and chamber.wanted_unix_s >= asked_unix_s


def _ask(
    chamber: ChamberView, step: SetTemperature, arrived: Sequence[Member], *, asked_before: bool
) -> list[ChamberAction]:
    """Ask for the step's temperature; what was asked before may have arrived although nobody could note it."""
    status = chamber.status
    if asked_before and status is not None and status.state is ChamberState.RUNNING:
        shown = status.set_point_degC
        if shown is not None and abs(shown - step.target_degC) <= _ROUNDING_K:
            return [Confirmed(step.target_degC)]
    why = _wait(arrived, f"{chamber.name} does not take {step.target_degC:g} °C: {chamber.trouble}")
    order = SetPoint(step.target_degC, step.ramp_K_per_min, tuple(member.run_id for member in arrived))
    return [*(why if chamber.trouble else []), order]


def _given_up(chamber: ChamberView, step: SetTemperature) -> str:
    process_degC = None if chamber.status is None else chamber.status.process_degC
    shown = "unknown" if process_degC is None else f"{process_degC:.1f} °C"
    hours = step.give_up_after_s / 3600
    return f"{chamber.name} was not stable at {step.target_degC:g} °C within {hours:g} h; its temperature is {shown}"


def _hindered(chamber: ChamberView) -> str:
    """Why its temperature does not count although it answers; empty: it does."""
    status = chamber.status
    if status is not None and _foreign(chamber):
        shown = "unknown" if status.set_point_degC is None else f"{status.set_point_degC:g} °C"
        return f"the set point is {shown}, not ours of {chamber.wanted_degC:g} °C"
    if status is not None and status.state is not ChamberState.RUNNING:
        return f"it is {status.state} ({status.native_state}), it does not go to {chamber.wanted_degC:g} °C"
    return ""


def _foreign(chamber: ChamberView) -> bool:
    """Whether the set point is none of ours: neither the last it took, nor one that it was just asked for."""
    if chamber.status is None or chamber.status.set_point_degC is None or chamber.wanted_degC is None:
        return False
    pending = [
        member.step.target_degC
        for group in chamber.holds.granted
        for member in group.members
        if member.step is not None and (member.asked_unix_s or 0.0) > chamber.wanted_unix_s
    ]
    shown = chamber.status.set_point_degC
    return all(abs(shown - ours) > _ROUNDING_K for ours in (chamber.wanted_degC, *pending))


def _alarms(chamber: ChamberView, now_unix_s: float) -> list[ChamberAction]:
    """What a person must know of the chamber itself, each once while it lasts."""
    inside = bool(chamber.holds.granted)
    actions: list[ChamberAction] = []
    if chamber.status is not None:
        actions += _raised(chamber, FOREIGN, _foreign_message(chamber, now_unix_s) if inside else "")
    silent = f"{chamber.name} has not answered for {chamber.silent_s:.0f} s: {chamber.silence}"
    lost = inside and chamber.status is None and chamber.silent_s >= chamber.lost_after_s
    actions += _raised(chamber, SILENT, silent if lost else "", over=chamber.status is not None or not inside)
    actions += _raised(
        chamber, ORDER, f"{chamber.name} does not take a set point: {chamber.trouble}" * bool(chamber.trouble)
    )
    return actions


def _raised(chamber: ChamberView, kind: str, message: str, *, over: bool = True) -> list[ChamberAction]:
    if message:
        return [] if kind in chamber.alarms else [ChamberAlarm("critical", kind, message)]
    return [ClearChamberAlarm(kind)] if over and kind in chamber.alarms else []


def _foreign_message(chamber: ChamberView, now_unix_s: float) -> str:
    """Somebody else's set point is told, not fought; it matters while anybody of ours is in the chamber."""
    if chamber.status is None or not _foreign(chamber):
        return ""
    if FOREIGN not in chamber.alarms and _just_taken(chamber, now_unix_s):
        return ""
    shown = chamber.status.set_point_degC
    message = f"the set point of {chamber.name} was changed by someone else: {shown:g} °C instead of"
    return f"{message} {chamber.wanted_degC:g} °C; nothing is written over it: set it back there, or stop the runs"


def _park(chamber: ChamberView) -> list[ChamberAction]:
    """A chamber that we have used and nobody holds goes to its park temperature, once; never under a driven cell.

    One that somebody else has set, switched off or runs a profile on is theirs.
    """
    park_degC, status = chamber.park_degC, chamber.status
    if park_degC is None or chamber.wanted_degC in (None, park_degC):
        return []
    if status is None or status.state is not ChamberState.RUNNING:
        return []
    if status.set_point_degC is not None and abs(status.set_point_degC - park_degC) <= _ROUNDING_K:
        return [Confirmed(park_degC)]
    return [] if chamber.driven or _foreign(chamber) else [SetPoint(park_degC, None, ())]


def _explain(member: Member, reason: str) -> list[ChamberAction]:
    return [] if member.reason == reason else [ExplainMember(member.run_id, reason)]


def _wait(members: Sequence[Member], reason: str) -> list[ChamberAction]:
    """All of these wait, for the same reason."""
    told = [member for member in members if member.reason != reason or member.state is not RunState.WAITING]
    return [Wait(member.run_id, reason) for member in told]
