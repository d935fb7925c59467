"""What ``decide_campaign`` may ask for; carried out in the order given, all of it in one transaction or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.campaigns.definition import Priority
from orchestrator.store.calendar import Outcome
from orchestrator.store.campaigns import CampaignState
from orchestrator.store.runs import Desired

__all__ = [
    "Action",
    "Ask",
    "Begin",
    "ClearAlarm",
    "Explain",
    "FinishJob",
    "Launch",
    "Order",
    "ReleaseSeats",
    "Schedule",
    "Settle",
    "Tell",
    "Transition",
    "Want",
    "WantSeats",
]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Enter in the calendar what is to begin then; step and cell are empty for the campaign itself."""

    occurrence: int
    step: str
    cell_id: str
    due_unix_s: float


@dataclass(frozen=True, slots=True)
class Settle:
    """Note what came of an entry of the calendar."""

    entry_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Begin:
    """The campaign begins: every cell has a job for every step."""

    occurrence: int


@dataclass(frozen=True, slots=True)
class WantSeats:
    """These jobs need benches, all of them at once; given away by :mod:`orchestrator.campaigns.seats`."""

    job_ids: tuple[int, ...]
    pool: str
    cells: tuple[str, ...]
    candidates: tuple[tuple[str, ...], ...]
    """By cell the benches that it may have, best first."""
    priority: Priority


@dataclass(frozen=True, slots=True)
class ReleaseSeats:
    """The cell needs no bench any more, but in the pool ``keep``."""

    cell_id: str
    pool: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a person to do something with the cell, and wait for the answer."""

    job_id: int
    text: str
    bench: str | None


@dataclass(frozen=True, slots=True)
class Launch:
    """Launch the runs of these jobs of one step, all of them or none."""

    job_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FinishJob:
    """The job is over."""

    job_id: int
    outcome: Literal["done", "failed", "left", "stopped"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Explain:
    """The job's state stays; the reason shown for it changes."""

    job_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of a run of this campaign."""

    run_id: int
    desired: Desired


@dataclass(frozen=True, slots=True)
class Want:
    """What is wanted of the campaign from now on, by its own rule."""

    desired: Literal["pause", "stop"]
    reason: str


@dataclass(frozen=True, slots=True)
class Transition:
    """How far the campaign is."""

    state: CampaignState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A person must know."""

    severity: Literal["warning", "critical"]
    message: str


@dataclass(frozen=True, slots=True)
class ClearAlarm:
    """What this alarm said is over."""

    message: str


Action = (
    Schedule
    | Settle
    | Begin
    | WantSeats
    | ReleaseSeats
    | Ask
    | Launch
    | FinishJob
    | Explain
    | Order
    | Want
    | Transition
    | Tell
    | ClearAlarm
)
