"""A program: what one channel executes by itself, loops included, in absolute SI values.

Sign convention everywhere: positive current charges the test object (oxidises the working electrode). In a half cell
of SiO against lithium that is delithiation; the half cell's *discharge* is lithiation, negative current.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

from protocols.by_kind import ByKind

__all__ = [
    "ConstantCurrent",
    "ConstantCurrentConstantVoltage",
    "ConstantVoltage",
    "Direction",
    "Impedance",
    "Limits",
    "Loop",
    "Origin",
    "Program",
    "Record",
    "Rest",
    "RetentionRule",
    "Step",
    "Until",
    "VoltagePoint",
    "VoltageReference",
    "VoltageScan",
    "walk",
]

Direction = Literal["charge", "discharge"]
VoltageReference = Literal["absolute", "open_circuit"]
"""``open_circuit``: added to the voltage that the cell shows when the step begins."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a step comes from in the protocol file, so that every record knows what it belongs to."""

    line: int
    """1-based line of the protocol file."""
    path: str
    """Place in the file, e.g. ``steps[1].for_each[rate=0.2 A/g].steps[0]``."""
    label: str | None = None
    """The nearest ``label`` that the technician wrote, parameters filled in: ``ladder 0.2 A/g``."""


@dataclass(frozen=True, slots=True)
class Until:
    """What ends a step: the first of these that is reached. At least one is set, except in a rest (its duration)."""

    duration_s: float | None = None
    voltage_V: float | None = None
    current_A: float | None = None
    """Magnitude to which the current of a constant-voltage phase decays."""
    capacity_Ah: float | None = None
    """Charge passed in this step, unsigned."""


@dataclass(frozen=True, slots=True)
class Record:
    """When the instrument writes a record: each condition that is set, independently of the others."""

    interval_s: float | None = None
    voltage_change_V: float | None = None
    current_change_A: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Protection: passing any of these ends the test in the safe state. Mandatory in every program."""

    voltage_min_V: float
    voltage_max_V: float
    current_max_A: float
    """Magnitude, both directions."""
    capacity_max_Ah: float | None = None
    temperature_min_degC: float | None = None
    temperature_max_degC: float | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Open circuit for ``until.duration_s`` seconds."""

    until: Until
    origin: Origin
    record: Record | None = None
    """None: the program's own record conditions."""
    limits: Limits | None = None
    """None: the program's own limits."""
    kind: Literal["rest"] = "rest"


@dataclass(frozen=True, slots=True)
class ConstantCurrent:
    """Constant current, signed (charge positive, discharge negative)."""

    current_A: float
    until: Until
    origin: Origin
    record: Record | None = None
    limits: Limits | None = None
    leaves_loop: bool = False
    """Reaching ``until.voltage_V`` leaves the loop around this step, which is the last of its segment (titration)."""
    kind: Literal["constant_current"] = "constant_current"

    @property
    def direction(self) -> Direction:
        """``charge`` for a positive current."""
        return "charge" if self.current_A > 0 else "discharge"


@dataclass(frozen=True, slots=True)
class ConstantVoltage:
    """Constant voltage; the current may flow in one direction only and never exceeds ``current_max_A``."""

    voltage_V: float
    direction: Direction
    current_max_A: float
    until: Until
    origin: Origin
    record: Record | None = None
    limits: Limits | None = None
    kind: Literal["constant_voltage"] = "constant_voltage"


@dataclass(frozen=True, slots=True)
class ConstantCurrentConstantVoltage:
    """Constant current to a voltage, then that voltage held, as one step of the instrument."""

    current_A: float
    voltage_V: float
    until: Until
    """Ends the step as a whole; ``until.current_A`` is the decayed current of the constant-voltage phase."""
    origin: Origin
    record: Record | None = None
    limits: Limits | None = None
    kind: Literal["constant_current_constant_voltage"] = "constant_current_constant_voltage"

    @property
    def direction(self) -> Direction:
        """``charge`` for a positive current."""
        return "charge" if self.current_A > 0 else "discharge"


@dataclass(frozen=True, slots=True)
class VoltagePoint:
    """A voltage to go to, as written: absolute, or relative to open circuit."""

    voltage_V: float
    versus: VoltageReference = "absolute"


@dataclass(frozen=True, slots=True)
class VoltageScan:
    """Linear sweeps of the voltage: a single sweep, or cyclic voltammetry.

    The voltage is set to ``start`` and swept to each of ``turns`` in order. This is repeated for ``cycles`` cycles,
    each from where the one before ended, and followed by a sweep to ``end`` where there is one.
    """

    start: VoltagePoint
    turns: tuple[VoltagePoint, ...]
    """At least one; a cyclic voltammogram has two (``0.01 V``, ``1.5 V``)."""
    scan_rate_V_per_s: float
    origin: Origin
    cycles: int = 1
    end: VoltagePoint | None = None
    record: Record | None = None
    limits: Limits | None = None
    kind: Literal["voltage_scan"] = "voltage_scan"


@dataclass(frozen=True, slots=True)
class Impedance:
    """One impedance spectrum, logarithmic in frequency, end points included.

    Potentiostatic: around ``bias`` with ``amplitude_peak_V``. Galvanostatic: around ``bias_current_A`` with
    ``amplitude_peak_A``. Amplitudes are peak values (half of peak to peak), whatever the file states.
    """

    control: Literal["potentiostatic", "galvanostatic"]
    frequency_from_Hz: float
    frequency_to_Hz: float
    points_per_decade: float
    origin: Origin
    amplitude_peak_V: float | None = None
    bias: VoltagePoint | None = None
    """None in a galvanostatic spectrum."""
    amplitude_peak_A: float | None = None
    bias_current_A: float = 0.0
    average: int = 1
    """Measurements averaged at each frequency."""
    wait_periods: float = 0.1
    """Part of a period waited before each frequency."""
    settle_s: float = 0.0
    """Held at the bias before the first frequency."""
    drift_correction: bool = False
    record: Record | None = None
    """Of the time at the bias; None: the program's own."""
    limits: Limits | None = None
    kind: Literal["impedance"] = "impedance"

    @property
    def frequency_count(self) -> int:
        """Points of the spectrum, both ends included."""
        decades = abs(math.log10(self.frequency_from_Hz / self.frequency_to_Hz))
        return max(2, round(decades * self.points_per_decade) + 1)


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Leave the loop when capacity retention stays below ``below`` for ``for_cycles`` complete cycles.

    A channel cannot evaluate it; the engine judges it on complete cycles and ends the channel at a cycle's boundary.
    """

    below: float
    """Fraction of the reference cycle's reversible capacity (the smaller of charge and discharge), 0..1."""
    reference_cycle: int
    """Counted within the loop, from 1."""
    for_cycles: int = 1


@dataclass(frozen=True, slots=True)
class Loop:
    """A body executed ``count`` times by the instrument itself. One pass is one cycle of the instrument's counter."""

    count: int
    body: tuple[Annotated[Step, ByKind()], ...]
    origin: Origin
    stop_when: RetentionRule | None = None
    kind: Literal["loop"] = "loop"


Step = Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage | VoltageScan | Impedance | Loop


@dataclass(frozen=True, slots=True)
class Program:
    """What one channel executes by itself, from the first step to the last."""

    steps: tuple[Annotated[Step, ByKind()], ...]
    limits: Limits
    record: Record
    metadata: dict[str, str] = field(default_factory=dict)
    """Free text for the instrument's own file (cell, protocol, operator); never interpreted."""


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Every step of a body in file order, each loop before its own body."""
    for step in steps:
        yield step
        if isinstance(step, Loop):
            yield from walk(step.body)
