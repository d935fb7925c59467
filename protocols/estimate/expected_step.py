"""What one step may be expected to show while it runs: its time, its charge, and which way its current flows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from protocols.estimate.bucket import hold_s
from protocols.estimate.spectrum import spent_on_spectrum
from protocols.estimate.sweeps import spent_on_scan
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Program,
    Record,
    Rest,
    Step,
    VoltageScan,
)

__all__ = ["ExpectedStep", "expected_step"]


@dataclass(frozen=True, slots=True)
class ExpectedStep:
    """From the nominal capacity, wherever the step begins: a fresh or faded cell is done sooner. None: not known."""

    duration_s: float | None = None
    """So long the whole step takes where the cell passes its nominal capacity in it."""
    capacity_Ah: float | None = None
    """Nominal capacity, or what the step itself is to pass where that is less."""
    current_A: float | None = None
    """As ordered, charging positive. None: it flows either way, as where a voltage is held, or not at all."""


def expected_step(step: Step, program: Program, nominal_capacity_Ah: float | None) -> ExpectedStep:
    """What to expect of a step that is no loop; of one that is, nothing."""
    match step:
        case Rest(until=until):
            return ExpectedStep(until.duration_s)
        case Impedance():
            return ExpectedStep(spent_on_spectrum(step, step.record or program.record).duration_s)
        case VoltageScan():
            return ExpectedStep(
                _scan_s(step, step.limits or program.limits, step.record or program.record), nominal_capacity_Ah
            )
        case ConstantCurrent() | ConstantCurrentConstantVoltage() | ConstantVoltage():
            return _driven(step, nominal_capacity_Ah)
        case _:
            return ExpectedStep()


def _driven(
    step: ConstantCurrent | ConstantCurrentConstantVoltage | ConstantVoltage, nominal_Ah: float | None
) -> ExpectedStep:
    until = step.until
    sign = 1 if step.direction == "charge" else -1
    held = isinstance(step, ConstantVoltage)
    current_A = sign * (step.current_max_A if isinstance(step, ConstantVoltage) else abs(step.current_A))
    longest_s = math.inf if until.duration_s is None else until.duration_s
    passed_Ah = min(
        math.inf if nominal_Ah is None else nominal_Ah,
        math.inf if until.capacity_Ah is None else until.capacity_Ah,
        math.inf if held else abs(current_A) * longest_s / 3600,
    )
    duration_s = passed_Ah / abs(current_A) * 3600
    if held or isinstance(step, ConstantCurrentConstantVoltage):
        duration_s += hold_s(until, abs(current_A))
    return ExpectedStep(_known(min(duration_s, longest_s)), _known(passed_Ah), None if held else current_A)


def _scan_s(scan: VoltageScan, limits: Limits, record: Record) -> float:
    """The longest way: open circuit may be anywhere within the limits."""
    ends_V = (limits.voltage_min_V, limits.voltage_max_V)
    return max(spent_on_scan(scan, open_circuit_V, record).duration_s for open_circuit_V in ends_V)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
