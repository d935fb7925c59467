"""What a cell answers to a constant current or a constant voltage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cell.state import CellState

__all__ = ["Response"]


@dataclass(frozen=True, slots=True)
class Response:
    """Voltage, current and charge at the instants that were asked for; arrays of equal length.

    Positive current charges the test object (delithiates the host).
    """

    elapsed_s: NDArray[np.float64]
    voltage_V: NDArray[np.float64]
    current_A: NDArray[np.float64]
    charge_Ah: NDArray[np.float64]
    """Signed charge passed since the start."""
    state_at: Callable[[float], CellState]
    """The state after so many seconds, whether or not that instant was among those asked for."""
