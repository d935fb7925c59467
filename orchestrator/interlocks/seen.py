"""What rules are judged by: the latest look at each channel, chamber and instrument. Times are of a steady clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.contracts import ChamberState, ChannelState
from orchestrator.interlocks.rule import Place
from protocols.estimate import ExpectedStep

__all__ = ["CellSeen", "ChamberSeen", "InstrumentSeen", "Observation", "RunSeen", "StepSeen"]


@dataclass(frozen=True, slots=True)
class StepSeen:
    """The newest record of a running test of ours, and what the plan expects of its step."""

    expected: ExpectedStep
    step_time_s: float
    step_capacity_Ah: float
    current_A: float


@dataclass(frozen=True, slots=True)
class RunSeen:
    """What is known of the run whose test is on a channel."""

    newest: StepSeen | None = None
    """None: this look brought no record, or not yet the newest."""
    stopping: bool = False
    temperatures_degC: tuple[float, float] | None = None
    """Its protocol's limits for the cell at the present step, infinite where there is none on one side."""


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One look at a channel. None and NaN: not told."""

    place: Place
    at_s: float
    state: ChannelState
    ours: bool = False
    """The channel carries the tag of a run."""
    voltage_V: float | None = None
    current_A: float | None = None
    temperature_degC: float | None = None
    """By the bench's own source."""
    nearest_degC: float | None = None
    """By the bench's own source, else that of the air around it."""
    records: int | None = None
    limits_differ: str | None = None
    stop_failed: str | None = None
    """The driver's own protective stop shows no effect."""
    taken: bool = False
    """Another program has the channel and tells nothing of it."""
    run: RunSeen = RunSeen()

    @property
    def driven(self) -> bool:
        """Whether a test holds the cell."""
        return self.state.drives_cell is True


@dataclass(frozen=True, slots=True)
class ChamberSeen:
    """One look at a chamber."""

    name: str
    at_s: float
    state: ChamberState
    native_state: str = ""
    process_degC: float | None = None
    set_point_degC: float | None = None
    ramping_set_point_degC: float | None = None
    alarms: tuple[str, ...] = ()
    wanted_degC: float | None = None
    """The set point that we wrote last; None: never, or it has just been written."""
    limits_degC: tuple[float, float] | None = None

    @property
    def aim_degC(self) -> float | None:
        """Where it should be by now: the ramp's present set point where it is told, else the last."""
        return self.set_point_degC if self.ramping_set_point_degC is None else self.ramping_set_point_degC


@dataclass(frozen=True, slots=True)
class InstrumentSeen:
    """Whether an instrument (cycler or chamber) answers."""

    name: str
    is_chamber: bool
    answered_s: float
    """Of the last look that was answered; before the first, when somebody began to ask."""
    failing: bool = False
    """The latest look was not answered: between two looks that were, nobody is silent."""
    error: str = ""
    in_use: bool = False
    """A run of ours is there."""


@dataclass(frozen=True, slots=True)
class Observation:
    """The latest of everything, or of what has changed; whoever is absent is judged another time."""

    cells: tuple[CellSeen, ...] = ()
    chambers: Mapping[str, ChamberSeen] = field(default_factory=dict)
    instruments: tuple[InstrumentSeen, ...] = ()
