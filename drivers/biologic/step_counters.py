"""Charge and energy of one step, which EClib does not tell: trapezoids over its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Counted", "StepCounters"]

_Values = npt.NDArray[np.float64]
_SECONDS_AN_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Counted:
    """Of rows, in their order; unsigned."""

    capacity_Ah: _Values
    energy_Wh: _Values
    step_time_s: _Values


@dataclass(frozen=True, slots=True)
class StepCounters:
    """Of one occurrence of a step, after its last row.

    The current before the first row is taken to be the first row's. What passes after the last row is not seen: it is
    at most what passes between two rows.
    """

    began_s: float = 0.0
    """All times are test times."""
    last_s: float = 0.0
    charge_C: float = 0.0
    """Signed: of a half-scan this is the net charge."""
    energy_J: float = 0.0
    voltage_V: float | None = None
    """Of the last row; None before the first."""
    current_A: float = 0.0
    change_V: float = 0.0
    """Of the voltage between the last two rows, unsigned."""

    @classmethod
    def begin(cls, began_s: float) -> StepCounters:
        """A step begins."""
        return cls(began_s, began_s)

    def count(self, time_s: _Values, voltage_V: _Values, current_A: _Values) -> tuple[Counted, StepCounters]:
        """Go on over rows of this step, at least one."""
        before_V, before_A = (
            (voltage_V[0], current_A[0]) if self.voltage_V is None else (self.voltage_V, self.current_A)
        )
        half_s = _steps(time_s, self.last_s) / 2
        charge_C = _sums(self.charge_C, _pair_sums(current_A, before_A) * half_s)
        energy_J = _sums(self.energy_J, _pair_sums(voltage_V * current_A, before_V * before_A) * half_s)
        after = StepCounters(
            self.began_s,
            float(time_s[-1]),
            float(charge_C[-1]),
            float(energy_J[-1]),
            float(voltage_V[-1]),
            float(current_A[-1]),
            abs(float(voltage_V[-1] - (voltage_V[-2] if len(voltage_V) > 1 else before_V))),
        )
        step_time_s = np.maximum(time_s - self.began_s, 0.0)
        return Counted(np.abs(charge_C) / _SECONDS_AN_HOUR, np.abs(energy_J) / _SECONDS_AN_HOUR, step_time_s), after


def _steps(values: _Values, before: float) -> _Values:
    """Return how much each value is above the one before it: numpy's diff takes three times as long."""
    steps = values.copy()
    steps[0] -= before
    steps[1:] -= values[:-1]
    return steps


def _sums(before: float, parts: _Values) -> _Values:
    """Return the running sum, to the last bit the same wherever rows were cut into reads: one addition a row."""
    parts[0] += before
    return parts.cumsum()


def _pair_sums(values: _Values, before: float) -> _Values:
    """Return each value plus the one before it."""
    sums = values.copy()
    sums[0] += before
    sums[1:] += values[:-1]
    return sums
