"""The virtual half cell's front door."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.cell.material import Material
from simulators.cell.response import Response
from simulators.cell.state import CellState

__all__ = ["VirtualCell"]


class VirtualCell:
    """One coin cell: a material, a mass, a state. Methods are pure in the state given; ``state`` is where it stands."""

    def __init__(
        self,
        parameters: Material,
        active_mass_g: float,
        area_cm2: float,
        temperature_degC: float = 25.0,
        seed: int = 0,
    ) -> None:
        self.parameters = parameters
        self.active_mass_g = active_mass_g
        self.area_cm2 = area_cm2
        self.temperature_degC = temperature_degC
        self.seed = seed
        self.state = CellState()

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Constant current (positive delithiates) or, with zero, rest."""
        raise NotImplementedError

    def open_circuit_voltage(self, state: CellState) -> float:
        """Relaxed voltage after the surface has levelled out."""
        raise NotImplementedError

    def impedance(self, state: CellState, frequency_Hz: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Impedance in Ohm at rest."""
        raise NotImplementedError
