"""The auxiliary temperature sensor on a channel's cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.cell import VirtualCell

__all__ = ["Thermometer"]

_DECIMALS = 1
_NO_CELL_degC = 25.0


class Thermometer:
    """Reads tenths of a degree, as recorded auxiliary channels do; without a cell it hangs in the room."""

    def __init__(self, cell: VirtualCell | None) -> None:
        self._warmth = cell.warmth if cell else None
        self._steady_degC = cell.temperature_degC if cell else _NO_CELL_degC

    def read_degC(self, unix_time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Readings at instants that are not in the future."""
        if self._warmth is None:
            return np.full(unix_time_s.shape, np.round(self._steady_degC, _DECIMALS))
        return np.round(self._warmth.degC(unix_time_s), _DECIMALS)
