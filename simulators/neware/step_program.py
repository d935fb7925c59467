"""What a BTS step file says, in SI values.

Currents are unsigned as in the file: the step's kind gives the direction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "CHARGING",
    "DISCHARGING",
    "EXECUTABLE",
    "Comparison",
    "Condition",
    "Jump",
    "Protection",
    "Quantity",
    "RecordRule",
    "Step",
    "StepKind",
    "StepProgram",
]

StepKind = Literal[
    "cc_charge", "cc_discharge", "cv_charge", "rest", "cycle", "end", "cccv_charge", "cp_discharge", "cp_charge",
    "cr_discharge", "pause", "pulse", "simulation", "pcccv_charge", "cv_discharge", "cccv_discharge", "control", "ocv",
    "ramp", "cpcv_discharge", "cpcv_charge",
]  # fmt: skip
Quantity = Literal["voltage", "current", "time"]
Comparison = Literal[">", ">=", "<", "<="]
Jump = int | Literal["next", "finish", "protect", "stop"]

CHARGING: frozenset[StepKind] = frozenset({"cc_charge", "cv_charge", "cccv_charge"})
DISCHARGING: frozenset[StepKind] = frozenset({"cc_discharge", "cv_discharge", "cccv_discharge"})
EXECUTABLE: frozenset[StepKind] = CHARGING | DISCHARGING | {"rest", "cycle", "end", "pause"}


@dataclass(frozen=True, slots=True)
class RecordRule:
    """When a record is written; each condition that is set holds independently of the others."""

    interval_s: float | None = None
    voltage_change_V: float | None = None
    current_change_A: float | None = None


@dataclass(frozen=True, slots=True)
class Protection:
    """Passing any of these for longer than ``delay_s`` ends the test at open circuit. Currents are signed here."""

    voltage_max_V: float | None = None
    voltage_min_V: float | None = None
    current_max_A: float | None = None
    current_min_A: float | None = None
    capacity_max_Ah: float | None = None
    temperature_max_degC: float | None = None
    temperature_min_degC: float | None = None
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Condition:
    """One ``CndN``: when the comparison holds, the step ends and the program goes on at ``jump``."""

    quantity: Quantity
    comparison: Comparison
    value: float
    """V, A or s."""
    jump: Jump


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of the file."""

    number: int
    kind: StepKind
    current_A: float | None = None
    """Set current, or the highest current of a constant-voltage step; from ``Rate`` where ``Curr`` is absent."""
    voltage_V: float | None = None
    """The held voltage of CV and CCCV."""
    duration_s: float | None = None
    stop_voltage_V: float | None = None
    stop_current_A: float | None = None
    capacity_Ah: float | None = None
    start_step: int | None = None
    """Of a cycle step: where it jumps back to."""
    cycle_count: int | None = None
    """Of a cycle step: how often its body runs in all."""
    record: RecordRule | None = None
    """None: the program's own."""
    protection: Protection | None = None
    """Holds beside the program's own."""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class StepProgram:
    """A whole step file."""

    steps: tuple[Step, ...]
    record: RecordRule = field(default_factory=RecordRule)
    protection: Protection = field(default_factory=Protection)
    start_step: int = 1
    version: int = 17
    client_version: str = ""
    guid: str = ""
    creator: str = ""
    part_number: str = ""
    remark: str = ""
    rate_type: int = 103
    """103: absolute currents; 105: C-rates stand beside them."""
    nominal_capacity_Ah: float | None = None
    active_mass_g: float | None = None
    scale: float = 1.0

    def step(self, number: int) -> Step:
        """Return the step with this number; numbers count from 1 without gaps."""
        return self.steps[number - 1]
