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
        volts = np.concatenate((np.array([before_V]), voltage_V))
        amperes = np.concatenate((np.array([before_A]), current_A))
        half_s = np.diff(time_s, prepend=self.last_s) / 2
        watts = volts * amperes
        charge_C = self.charge_C + np.cumsum((amperes[1:] + amperes[:-1]) * half_s)
        energy_J = self.energy_J + np.cumsum((watts[1:] + watts[:-1]) * half_s)
        after = StepCounters(
            self.began_s,
            float(time_s[-1]),
            float(charge_C[-1]),
            float(energy_J[-1]),
            float(volts[-1]),
            float(amperes[-1]),
            float(abs(volts[-1] - volts[-2])),
        )
        step_time_s = np.maximum(time_s - self.began_s, 0.0)
        return Counted(np.abs(charge_C) / _SECONDS_AN_HOUR, np.abs(energy_J) / _SECONDS_AN_HOUR, step_time_s), after
