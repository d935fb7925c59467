"""What a preview yields: every step with its samples, what it would record, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from orchestrator.preview.model_cell import Array
from protocols.program import Origin

__all__ = ["StepTrace", "Trace"]


@dataclass(frozen=True, slots=True, eq=False)
class StepTrace:
    """One executed step. Samples lie where the curve bends, not where an instrument would write a record."""

    kind: str
    """Of the program's step, or ``temperature``."""
    origin: Origin | None
    cycle: int
    began_s: float
    elapsed_s: Array
    voltage_V: Array
    current_A: Array
    charge_Ah: Array
    """Signed, since the start of the step."""
    records: int
    temperature_degC: float
    impedance_Ohm: npt.NDArray[np.complex128] | None = None
    frequency_Hz: Array | None = None

    @property
    def duration_s(self) -> float:
        """Of the step."""
        return float(self.elapsed_s[-1]) if len(self.elapsed_s) else 0.0

    @property
    def passed_Ah(self) -> float:
        """Net charge, signed."""
        return float(self.charge_Ah[-1]) if len(self.charge_Ah) else 0.0


@dataclass(slots=True)
class Trace:
    """A plan's way through the cell, in order."""

    steps: list[StepTrace] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What a technician has to know: a protection that would end the test, a loop that ends early."""

    @property
    def duration_s(self) -> float:
        """Of everything."""
        return self.steps[-1].began_s + self.steps[-1].duration_s if self.steps else 0.0

    @property
    def records(self) -> int:
        """Records and points of spectra."""
        return sum(step.records for step in self.steps)

    @property
    def spectra(self) -> int:
        """Impedance spectra."""
        return sum(step.impedance_Ohm is not None for step in self.steps)

    def time_s(self) -> Array:
        """Test time of every sample."""
        return np.concatenate([step.began_s + step.elapsed_s for step in self.steps] or [np.empty(0)])

    def voltage_V(self) -> Array:
        """Voltage of every sample."""
        return np.concatenate([step.voltage_V for step in self.steps] or [np.empty(0)])

    def current_A(self) -> Array:
        """Current of every sample."""
        return np.concatenate([step.current_A for step in self.steps] or [np.empty(0)])
