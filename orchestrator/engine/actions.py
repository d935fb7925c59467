"""What ``decide`` may ask for. Each is carried out by :mod:`orchestrator.engine.perform`, in the order given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.run_state import RunState

__all__ = [
    "Action",
    "Advance",
    "Alarm",
    "Ask",
    "ClearAlarms",
    "Desire",
    "EndAtCycle",
    "Explain",
    "FinishSegment",
    "NewAttempt",
    "Note",
    "Pause",
    "Recognise",
    "Resume",
    "Settle",
    "Start",
    "Stop",
    "Transition",
]


@dataclass(frozen=True, slots=True)
class Start:
    """Write the intent, then send start once."""

    test_id_before: str | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Ask the channel to pause now."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Ask the channel to go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Ask the channel for open circuit; never waits for the database."""

    recorded: bool = False
    """True: nobody waits for this stop (a stop rule), so its intent is committed first and tells whose stop it was."""


@dataclass(frozen=True, slots=True)
class EndAtCycle:
    """Reserve a pause before this instrument step of this instrument cycle."""

    cycle: int
    step: int


@dataclass(frozen=True, slots=True)
class Settle:
    """An intent's outcome is known."""

    intent_id: int
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Recognise:
    """The instrument has named the test of this segment."""

    test_id: str


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """The start did not arrive: the same segment under a new tag."""


@dataclass(frozen=True, slots=True)
class FinishSegment:
    """No more records of this segment will come and all are stored."""

    outcome: Literal["finished", "stopped", "rule", "tripped", "foreign", "interrupted"]
    go_on: bool
    """True: the plan's next item follows."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What the service had to do at this item of the plan is done; the next one follows, or the run is complete."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a person to act and to confirm it."""

    text: str


@dataclass(frozen=True, slots=True)
class Transition:
    """The run's next state; refused when illegal."""

    state: RunState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Desire:
    """Somebody at the instrument decided otherwise; what is wanted follows."""

    desired: Literal["run", "pause", "stop"]


@dataclass(frozen=True, slots=True)
class Explain:
    """The state stays; the reason shown for it changes, or is no longer there."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A person must know."""

    severity: Literal["warning", "critical"]
    message: str


@dataclass(frozen=True, slots=True)
class ClearAlarms:
    """What this run's open alarms said is over."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the event log."""

    message: str


Action = (
    Start
    | Pause
    | Resume
    | Stop
    | EndAtCycle
    | Settle
    | Recognise
    | NewAttempt
    | FinishSegment
    | Advance
    | Ask
    | Transition
    | Desire
    | Explain
    | Alarm
    | ClearAlarms
    | Note
)
