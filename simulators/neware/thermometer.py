"""The auxiliary temperature sensor on a channel's cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.cell import VirtualCell
from simulators.faults.told_temperature import ToldTemperature

__all__ = ["Thermometer"]

_DECIMALS = 1
_NO_CELL_degC = 25.0


class Thermometer:
    """Reads tenths of a degree, as recorded auxiliary channels do; without a cell it hangs in the room."""

    def __init__(self, cell: VirtualCell | None, told: ToldTemperature | None = None) -> None:
        self._told = told or ToldTemperature()
        self._warmth = cell.warmth if cell else None
        self._steady_degC = cell.temperature_degC if cell else _NO_CELL_degC

    def read_degC(self, unix_time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Readings at instants that are not in the future."""
        return np.round(self._told.told_degC(unix_time_s, self._true_degC), _DECIMALS)

    def _true_degC(self, unix_time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._warmth is None:
            return np.full(unix_time_s.shape, self._steady_degC)
        return self._warmth.degC(unix_time_s)
