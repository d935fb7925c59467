"""A cell made differently from the model that we fit, so that what we say about a fit can be shown to fail honestly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cell.impedance import arc_ohm_cm2
from simulators.cell.material import Material
from simulators.cell.response import Response
from simulators.cell.state import CellState
from simulators.cell.virtual_cell import VirtualCell

__all__ = ["OtherCell", "Otherness"]


@dataclass(frozen=True, slots=True)
class Otherness:
    """What differs; all assumed. Zero for a part leaves it out."""

    contact_ohm_cm2: float = 8.0
    """A third arc, between film and charge transfer: a contact that has come loose."""
    contact_time_s: float = 1.5e-3
    contact_exponent: float = 0.95
    pore_ohm_cm2: float = 15.0
    """Ionic resistance of the pores: the arcs become a transmission line, no circuit of a few elements."""
    inductance_H: float = 8e-7
    """Of the leads."""
    drift_per_h: float = 0.6
    """Growth of all resistances while a spectrum is being measured: it is not stationary, so Kramers-Kronig fails."""
    self_discharge_V_h: float = 4e-3
    """How fast the voltage at rest runs away instead of settling."""


class OtherCell(VirtualCell):
    """The same cell under currents, but for a voltage that never settles; a different one in impedance."""

    def __init__(
        self,
        parameters: Material,
        active_mass_g: float,
        area_cm2: float,
        temperature_degC: float = 25.0,
        seed: int = 0,
        otherness: Otherness | None = None,
    ) -> None:
        super().__init__(parameters, active_mass_g, area_cm2, temperature_degC, seed)
        self.otherness = otherness or Otherness()

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Answer as the virtual cell does, with the voltage at rest running up from where the rest began."""
        response = super().under_current(state, current_A, elapsed_s)
        if current_A == 0:
            response.voltage_V[:] += elapsed_s * (self.otherness.self_discharge_V_h / 3600)
        return response

    def impedance(self, state: CellState, frequency_Hz: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Impedance in Ohm as measured in this order of frequencies, two periods each, while the cell drifts."""
        other = self.otherness
        laplace = np.asarray(2j * math.pi * frequency_Hz, np.complex128)
        measured_h = np.cumsum(2 / frequency_Hz) / 3600
        contact_cpe = other.contact_time_s**other.contact_exponent / (other.contact_ohm_cm2 or 1.0)
        contact = arc_ohm_cm2(other.contact_ohm_cm2, contact_cpe, other.contact_exponent, laplace)
        ohmic = self.parameters.ohmic_ohm_cm2
        surface = super().impedance(state, frequency_Hz) * self.area_cm2 - ohmic + contact
        if other.pore_ohm_cm2:
            # de Levie: sqrt(R_pore Z) coth sqrt(R_pore / Z)
            pore = other.pore_ohm_cm2
            surface = np.asarray(np.sqrt(pore * surface) / np.tanh(np.sqrt(pore / surface)), np.complex128)
        drifted = (ohmic + surface) * (1 + other.drift_per_h * measured_h) / self.area_cm2
        return np.asarray(drifted + laplace * other.inductance_H)
