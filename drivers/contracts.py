"""What the engine may ask of an instrument: one small structural protocol per ability.

Channels are named by text that the instrument family understands (``27-21-1-1`` for a NEWARE channel). Test identity
is ``(channel, test_id)``; the tag (``cell#run.segment.attempt``) is ours and is found again on the instrument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from protocols.program import Origin, Program

__all__ = [
    "LOST",
    "RECORD_COLUMNS",
    "SPECTRUM_COLUMNS",
    "Batch",
    "Capabilities",
    "Chamber",
    "ChamberState",
    "ChamberStatus",
    "ChannelId",
    "ChannelState",
    "ChannelStatus",
    "Columns",
    "CurrentRange",
    "Cursor",
    "Cycler",
    "EndsAtCycle",
    "Identity",
    "MappedStep",
    "PacesLooks",
    "Problem",
    "StepKind",
    "Surroundings",
    "TestHandle",
    "Translation",
]

ChannelId = str
Columns = Mapping[str, npt.NDArray[np.generic]]
LOST = "up to "
"""How a line of ``Batch.problems`` begins that tells of records which nobody has."""
Cursor = str
"""Where reading goes on; opaque to everyone but the driver. The empty text is the beginning of a test."""


class StepKind(IntEnum):
    """What a record was measured under; stored as this number in ``records.step_kind``."""

    OTHER = 0
    REST = 1
    CC_CHARGE = 2
    CC_DISCHARGE = 3
    CV_CHARGE = 4
    CV_DISCHARGE = 5
    CCCV_CHARGE = 6
    CCCV_DISCHARGE = 7
    PAUSE = 8
    SWEEP_UP = 9
    """Voltage swept upwards; the step's capacity is the net charge of this sweep, counted as charge."""
    SWEEP_DOWN = 10
    """Voltage swept downwards; likewise, counted as discharge."""
    IMPEDANCE = 11

    @property
    def direction(self) -> Literal["charge", "discharge", "none"]:
        """Which of the two capacities the instrument's step counter belongs to."""
        if self in (StepKind.CC_CHARGE, StepKind.CV_CHARGE, StepKind.CCCV_CHARGE, StepKind.SWEEP_UP):
            return "charge"
        if self in (StepKind.CC_DISCHARGE, StepKind.CV_DISCHARGE, StepKind.CCCV_DISCHARGE, StepKind.SWEEP_DOWN):
            return "discharge"
        return "none"


RECORD_COLUMNS: Mapping[str, str] = {
    "seq": "int64",  # the instrument's own record number, from 1 without gaps within a test
    "cycle": "int32",  # the instrument's own counter, from 1
    "step": "int32",  # instrument step number: key of the step map
    "step_kind": "int8",  # StepKind
    "unix_time_s": "float64",
    "test_time_s": "float64",  # since the start of the test, pauses excluded
    "step_time_s": "float64",
    "voltage_V": "float64",
    "current_A": "float64",
    "step_capacity_Ah": "float64",  # the instrument's own counter of this step, unsigned
    "step_energy_Wh": "float64",  # likewise
    "temperature_degC": "float64",  # NaN where the instrument measures none
}
"""Columns of a batch of records, in this order, with their numpy types."""


SPECTRUM_COLUMNS: Mapping[str, str] = {
    "seq": "int64",  # counts the points of a test's spectra, from 1 without gaps; not the records' count
    "spectrum": "int32",  # counts the spectra of a test, from 1: one for each time an impedance step is carried out
    "cycle": "int32",
    "step": "int32",  # key of the step map
    "unix_time_s": "float64",
    "test_time_s": "float64",
    "frequency_Hz": "float64",
    "z_real_Ohm": "float64",
    "z_imag_Ohm": "float64",  # negative where capacitive
    "voltage_amplitude_V": "float64",  # as measured, peak
    "current_amplitude_A": "float64",
    "phase_rad": "float64",  # of Z
    "voltage_V": "float64",  # mean during the point
    "current_A": "float64",
    "temperature_degC": "float64",  # NaN where the instrument measures none
}
"""Columns of the points of impedance spectra, in this order, with their numpy types."""


class ChannelState(StrEnum):
    """State of a channel as the instrument tells it. What is not understood is UNKNOWN, never RUNNING."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    TRIPPED = "tripped"
    """Ended by the instrument's own protection."""
    UNKNOWN = "unknown"

    @property
    def drives_cell(self) -> bool | None:
        """Whether a test holds the channel: None where nobody can tell."""
        return None if self is ChannelState.UNKNOWN else self in (ChannelState.RUNNING, ChannelState.PAUSED)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered: for the event log and for the refusal of a wrong address."""

    vendor: str
    model: str
    address: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class CurrentRange:
    """One current range of a channel."""

    name: str
    current_max_A: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; a declared ability is a tested ability."""

    techniques: frozenset[str]
    """Kinds of :mod:`protocols.program` steps that the channel executes."""
    voltage_min_V: float
    voltage_max_V: float
    current_max_A: float
    current_ranges: tuple[CurrentRange, ...] = ()
    steps_max: int | None = None
    loop_depth_max: int | None = None
    record_interval_min_s: float | None = None
    frequency_min_Hz: float | None = None
    """Of impedance; None where the channel measures none."""
    frequency_max_Hz: float | None = None
    amplitude_max_V: float | None = None
    """Largest peak amplitude of potentiostatic impedance."""
    pause: Literal["now", "after_segment", "none"] = "none"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a program would be refused, and what to do about it."""

    message: str
    origin: Origin | None = None
    technique: str | None = None
    """Kind of step that this channel cannot execute at all, where that is the reason: another channel may."""

    def __str__(self) -> str:
        """One line, with the protocol line where it is known."""
        return f"line {self.origin.line}: {self.message}" if self.origin else self.message


@dataclass(frozen=True, slots=True)
class MappedStep:
    """One row of the step map: an instrument step number and the protocol step that it carries out."""

    step: int
    kind: str
    origin: Origin
    loops: tuple[int, ...] = ()
    """Instrument step numbers of the loops around it, outermost first."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A program in the instrument's own words: the very bytes that will be sent, and the step map."""

    content: bytes
    media_type: str
    step_map: tuple[MappedStep, ...]
    watched_by_service: tuple[str, ...] = ()
    """Limits that the instrument cannot hold itself, one line each."""


@dataclass(frozen=True, slots=True)
class TestHandle:
    """One test on one channel. ``test_id`` None: started, the instrument has not named it yet."""

    channel: ChannelId
    tag: str
    test_id: str | None = None

    __test__ = False  # not a test case, whatever pytest thinks of the name


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """One channel as seen in one exchange."""

    channel: ChannelId
    state: ChannelState
    native_state: str
    """The instrument's own word."""
    tag: str | None = None
    """Text carried with the current or last test (NEWARE: its barcode); another program's where it is not ours."""
    test_id: str | None = None
    records: int | None = None
    """Records that can be read of the current or last test."""
    records_complete: bool = False
    """True when the instrument says that no more records of this test will come."""
    voltage_V: float | None = None
    current_A: float | None = None
    temperature_degC: float | None = None
    cycle: int | None = None
    step: int | None = None
    step_time_s: float | None = None
    pause_reserved: bool = False
    limits_differ: str | None = None
    """Limits, or other parameters, of the running test that are not those that were sent, where the wire tells them."""
    stop_failed: str | None = None
    """Why the driver's own protective stop shows no effect, and for which limit; it gives it again at each look."""
    taken: bool = False
    """True: UNKNOWN, because another program has the channel and tells nothing of it; ``native_state`` says who."""
    end_known: bool = True
    """False: STOPPED, and whether by itself or by somebody nobody can tell, since the last records are lost."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records after a cursor, columnar, and the cursor after them. ``columns`` as in RECORD_COLUMNS."""

    columns: Columns
    cursor: Cursor
    more: bool = False
    """True: more records could be read at once."""
    problems: tuple[str, ...] = field(default=())
    """What was noticed in the data (a jump of the sequence number), one line each; the engine logs them.

    A destructive read whose answer was lost leaves no jump: ``up to N records between T1 and T2 …``. Such a line, which
    begins with LOST, raises an alarm and stays with the run as a known gap, also where no record ever follows.
    """
    spectra: Columns = field(default_factory=dict)
    """Points of impedance spectra that lie before the cursor, as in SPECTRUM_COLUMNS; empty where there are none."""

    def __len__(self) -> int:
        """Number of records."""
        return len(self.columns["seq"]) if "seq" in self.columns else 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the service lends to a driver that has no clock or memory of its own to rely on."""

    now: Callable[[], float]
    """Unix time in seconds, of the injected clock; may be called from the instrument's thread."""
    state_dir: Path
    """Folder for what has to survive the process (a spool), of this instrument alone; may not exist yet."""


@runtime_checkable
class Cycler(Protocol):
    """Anything with channels that execute programs by themselves. Blocking; called from one worker thread only."""

    def identify(self) -> Identity:
        """Connect if needed and say who answers. Raises Unreachable, Garbled, Refused (login)."""
        ...

    def channels(self) -> Sequence[ChannelId]:
        """Channels that the instrument has, as it tells."""
        ...

    def capabilities(self, channel: ChannelId) -> Capabilities:
        """What this channel can do."""
        ...

    def check(self, program: Program, channel: ChannelId) -> list[Problem]:
        """Everything that would be refused, before anything starts. Pure: no exchange."""
        ...

    def translate(self, program: Program, channel: ChannelId) -> Translation:
        """The program in the instrument's words. Pure: no exchange. Raises Refused with the problems."""
        ...

    def start(self, channel: ChannelId, translation: Translation, tag: str) -> TestHandle:
        """Send start ONCE. Raises Refused (busy, paused, or the instrument said no), Unreachable (see ``sent``)."""
        ...

    def observe(self) -> Mapping[ChannelId, ChannelStatus]:
        """All channels in as few exchanges as the wire allows.

        Where reading empties the instrument's memory, this takes what is in it to the driver's own spool, of every
        channel: also of a test that nobody here has recognised yet, or that an earlier process has started.
        """
        ...

    def read(self, handle: TestHandle, cursor: Cursor, limit: int = 100_000) -> Batch:
        """At most about ``limit`` records after the cursor. Nothing new: an empty batch with the same cursor."""
        ...

    def pause(self, channel: ChannelId) -> None:
        """Ask for a pause; seen by observing. Raises Refused where the channel cannot."""
        ...

    def resume(self, channel: ChannelId) -> None:
        """Go on after a pause."""
        ...

    def stop(self, channel: ChannelId) -> None:
        """Ask for open circuit. Idempotent; the engine verifies it by observing."""
        ...

    def close(self) -> None:
        """Let go of the connection; a later call reconnects."""
        ...


@runtime_checkable
class EndsAtCycle(Protocol):
    """A cycler that can be told to pause, or to end, at a cycle's boundary, for rules that the engine judges."""

    def pause_before_cycle(self, channel: ChannelId, cycle: int, step: int) -> None:
        """Reserve a pause at the start of instrument step ``step`` in cycle ``cycle`` (from 1)."""
        ...


@runtime_checkable
class PacesLooks(Protocol):
    """A cycler whose memory fills: it says how soon it has to be looked at again."""

    def look_within_s(self) -> float:
        """Seconds until the next look at the latest; infinite where it does not matter. Pure: no exchange."""
        ...


class ChamberState(StrEnum):
    """State of a temperature chamber as it tells it. What is not understood is UNKNOWN, never RUNNING."""

    OFF = "off"
    """Neither heats nor cools."""
    RUNNING = "running"
    """Holds, or moves to, its set point."""
    PROFILE = "profile"
    """Follows a profile of its own: someone else's."""
    TRIPPED = "tripped"
    """Switched off by its limit controller or its own safety."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChamberStatus:
    """One look at a chamber, in degrees Celsius whatever its display shows."""

    state: ChamberState
    native_state: str
    """The chamber's own word."""
    process_degC: float | None
    """Measured air temperature; None where the sensor has failed."""
    set_point_degC: float | None
    """Where it is sent in the end."""
    ramping_set_point_degC: float | None = None
    """Where a ramp is just now; None where the chamber does not tell."""
    output_percent: float | None = None
    """Heating positive, cooling negative."""
    alarms: tuple[str, ...] = ()


@runtime_checkable
class Chamber(Protocol):
    """A temperature chamber. Blocking; called from one worker thread only."""

    def identify(self) -> Identity:
        """Connect if needed; check identity, units and word order. Raises Unreachable, Garbled, Refused."""
        ...

    def limits_degC(self) -> tuple[float, float]:
        """Lowest and highest set point: the narrower of the chamber's own limits and the lab file's."""
        ...

    def observe(self) -> ChamberStatus:
        """Process value, set point, output, alarms and state, in as few exchanges as the wire allows."""
        ...

    def set_temperature(self, target_degC: float, ramp_K_per_min: float | None = None) -> None:
        """Write the set point (and switch on), read it back. Raises Unsafe before anything is sent, Refused after."""
        ...

    def stop(self) -> None:
        """Switch off heating and cooling. The engine calls it only where no cell inside is driven."""
        ...

    def close(self) -> None:
        """Let go of the connection; a later call reconnects."""
        ...
