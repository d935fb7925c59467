"""A cell whose potential is held or swept: the current that this takes, on a grid of its own."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from simulators.cell import CellState, Response, VirtualCell

__all__ = ["PotentialDrive"]

_FIRST_STEP_s, _GROWTH = 0.05, 1.1
_LARGEST_STEP_V = 2e-3
"""Of a sweep, so that no bend of the curve falls between two points."""
_CURRENT_TOLERANCE_A = 1e-12


class PotentialDrive:
    """The current meets the potential at each point of the grid, within its limit, and is straight between them.

    The grid depends on where the drive began only, so however it is asked, the answer is the same.
    """

    def __init__(
        self, cell: VirtualCell, state: CellState, start_V: float, rate_V_s: float, current_limit_A: float
    ) -> None:
        self._cell, self._start_V, self._rate_V_s, self._limit_A = cell, start_V, rate_V_s, current_limit_A
        self._largest_step_s = _LARGEST_STEP_V / abs(rate_V_s) if rate_V_s else math.inf
        self._step_s = min(_FIRST_STEP_s, self._largest_step_s)
        current_A = self._meet(start_V, lambda current: cell.entered(state, current))
        entered = cell.entered(state, current_A)
        self._states, self._time_s, self._current_A, self._charge_C = [entered], [0.0], [current_A], [0.0]
        self._voltage_V = [self._voltage(entered, current_A)]

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Voltage, current and charge at these seconds from the start."""
        if len(elapsed_s):
            self._extend(float(elapsed_s.max()))
        time_s, current_A = np.array(self._time_s), np.array(self._current_A)
        current = np.interp(elapsed_s, time_s, current_A)
        node = np.searchsorted(time_s, elapsed_s, side="right") - 1
        # the current is straight between nodes: its integral is exact by the mean
        charge_C = np.array(self._charge_C)[node] + (current_A[node] + current) / 2 * (elapsed_s - time_s[node])
        voltage = np.interp(elapsed_s, time_s, self._voltage_V)
        return Response(elapsed_s, voltage, current, charge_C / 3600, self.state_at)

    def state_at(self, elapsed_s: float) -> CellState:
        """Return the state after so many seconds."""
        self._extend(elapsed_s)
        node = max(0, bisect.bisect_right(self._time_s, elapsed_s) - 1)
        since_s = elapsed_s - self._time_s[node]
        if since_s <= 0:
            return self._states[node]
        current = float(np.interp(elapsed_s, self._time_s, self._current_A))
        return self._cell.advance(self._states[node], (self._current_A[node] + current) / 2, since_s)

    def _extend(self, until_s: float) -> None:
        while self._time_s[-1] < until_s:
            self._step()

    def _step(self) -> None:
        state, before, step_s = self._states[-1], self._current_A[-1], self._step_s

        def after(current_A: float) -> CellState:
            return self._cell.advance(state, (before + current_A) / 2, step_s)

        time_s = self._time_s[-1] + step_s
        current = self._meet(self._start_V + self._rate_V_s * time_s, after)
        self._states.append(after(current))
        self._time_s.append(time_s)
        self._current_A.append(current)
        self._charge_C.append(self._charge_C[-1] + (before + current) / 2 * step_s)
        self._voltage_V.append(self._voltage(self._states[-1], current))
        self._step_s = min(step_s * _GROWTH, self._largest_step_s)

    def _voltage(self, state: CellState, current_A: float) -> float:
        return self._cell.surface_voltage_V(state) + self._cell.polarisation(state).overpotential_V(current_A)

    def _meet(self, wanted_V: float, state_under: Callable[[float], CellState]) -> float:
        def excess_V(current_A: float) -> float:
            return self._voltage(state_under(current_A), current_A) - wanted_V

        if excess_V(-self._limit_A) >= 0:
            return -self._limit_A
        if excess_V(self._limit_A) <= 0:
            return self._limit_A
        return float(brentq(excess_V, -self._limit_A, self._limit_A, xtol=_CURRENT_TOLERANCE_A))
