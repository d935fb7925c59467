"""What ``decide_chamber`` may ask for; carried out in the order given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ChamberAction",
    "ChamberAlarm",
    "ClearChamberAlarm",
    "Confirmed",
    "ExplainMember",
    "GiveUp",
    "GoOn",
    "LeaveBatch",
    "MakeAgain",
    "SetPoint",
    "Wait",
]


@dataclass(frozen=True, slots=True)
class SetPoint:
    """Write an intent for each of these runs that has none, then the set point. No runs: the chamber is parked."""

    target_degC: float
    ramp_K_per_min: float | None
    run_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The chamber shows a set point whose writing nobody had time to note: the process died in between."""

    target_degC: float


@dataclass(frozen=True, slots=True)
class ExplainMember:
    """The run's state stays; the reason shown for it changes."""

    run_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The run is waiting in the chamber; what the technician sees meanwhile."""

    run_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class GoOn:
    """The temperature step is done: the plan's next item follows."""

    run_id: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The chamber did not do it in time: the run fails, at open circuit, and a person is told."""

    run_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeaveBatch:
    """The others go on without this run, and a person is told."""

    run_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class MakeAgain:
    """The temperature that the run is about to be measured at is gone: it goes back to that step of its plan."""

    run_id: int
    item: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChamberAlarm:
    """A person must know; once for as long as it lasts."""

    severity: Literal["warning", "critical"]
    kind: str
    """What it is about, one word or two: an alarm of the same kind is not raised again."""
    message: str


@dataclass(frozen=True, slots=True)
class ClearChamberAlarm:
    """What an alarm of this kind said is over."""

    kind: str


ChamberAction = (
    SetPoint
    | Confirmed
    | ExplainMember
    | Wait
    | GoOn
    | GiveUp
    | LeaveBatch
    | MakeAgain
    | ChamberAlarm
    | ClearChamberAlarm
)
