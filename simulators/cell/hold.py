"""A cell held at a voltage: the current that this takes, on a coarse grid of its own."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from simulators.cell.response import Response
from simulators.cell.state import CellState

if TYPE_CHECKING:
    from simulators.cell.virtual_cell import VirtualCell

__all__ = ["Hold"]

_FIRST_STEP_s, _GROWTH = 0.1, 1.12
_CURRENT_TOLERANCE_A = 1e-13


class Hold:
    """Constant voltage by a geometric grid in time, implicit in the current, the current straight between its points.

    The grid depends on where the hold began only, so however it is asked, the answer is the same.
    """

    def __init__(self, cell: VirtualCell, state: CellState, voltage_V: float, current_limit_A: float) -> None:
        self._cell = cell
        self._set_V = voltage_V
        self._limit_A = current_limit_A
        """Signed: the current lies between zero and this."""
        state = cell.entered(state, current_limit_A)
        self._polarisation = cell.polarisation(state)
        self._states = [state]
        self._time_s = [0.0]
        self._current_A = [self._solve(state, None, 0.0)]
        self._charge_C = [0.0]
        self._voltage_V = [self._voltage(state, self._current_A[0])]
        self._step_s = _FIRST_STEP_s

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Voltage, current and charge at these seconds from the start of the hold."""
        if len(elapsed_s):
            self._extend(float(elapsed_s.max()))
        time_s, current_A = np.array(self._time_s), np.array(self._current_A)
        current = np.interp(elapsed_s, time_s, current_A)
        node = np.searchsorted(time_s, elapsed_s, side="right") - 1
        # the current is straight between nodes: its integral is exact by the mean
        charge_C = np.array(self._charge_C)[node] + (current_A[node] + current) / 2 * (elapsed_s - time_s[node])
        voltage = np.interp(elapsed_s, time_s, self._voltage_V)
        return Response(elapsed_s, voltage, current, charge_C / 3600, self.state_at)

    def time_to_current_s(self, current_A: float, horizon_s: float) -> float | None:
        """Seconds until the magnitude of the current is at or below this; None when not within the horizon."""
        node = 0
        while abs(self._current_A[node]) > current_A:
            if self._time_s[node] >= horizon_s:
                return None
            node += 1
            if node == len(self._time_s):
                self._step()
        if node == 0:
            return 0.0
        before, after = abs(self._current_A[node - 1]), abs(self._current_A[node])
        part = (before - current_A) / (before - after)
        found = self._time_s[node - 1] + part * (self._time_s[node] - self._time_s[node - 1])
        return found if found <= horizon_s else None

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:
        """Seconds until so much charge has passed, unsigned; None when not within the horizon."""
        wanted_C = charge_Ah * 3600
        while abs(self._charge_C[-1]) < wanted_C:
            if self._time_s[-1] >= horizon_s:
                return None
            self._step()
        found = float(np.interp(wanted_C, np.abs(self._charge_C), self._time_s))
        return found if found <= horizon_s else None

    def state_at(self, elapsed_s: float) -> CellState:
        """Return the state after so many seconds of the hold."""
        self._extend(elapsed_s)
        node = max(0, bisect.bisect_right(self._time_s, elapsed_s) - 1)
        since = elapsed_s - self._time_s[node]
        if since <= 0:
            return self._states[node]
        current = float(np.interp(elapsed_s, self._time_s, self._current_A))
        return self._cell.advance(self._states[node], (self._current_A[node] + current) / 2, since)

    def _extend(self, until_s: float) -> None:
        while self._time_s[-1] < until_s:
            self._step()

    def _step(self) -> None:
        state, before = self._states[-1], self._current_A[-1]
        current = self._solve(state, before, self._step_s)
        mean = (before + current) / 2
        state = self._cell.advance(state, mean, self._step_s)
        self._states.append(state)
        self._time_s.append(self._time_s[-1] + self._step_s)
        self._current_A.append(current)
        self._charge_C.append(self._charge_C[-1] + mean * self._step_s)
        self._voltage_V.append(self._voltage(state, current))
        self._step_s *= _GROWTH

    def _voltage(self, state: CellState, current_A: float) -> float:
        return self._cell.surface_voltage_V(state) + self._polarisation.overpotential_V(current_A)

    def _solve(self, state: CellState, before_A: float | None, step_s: float) -> float:
        """Return the current that meets the voltage at the end of the step, within its limits."""

        def excess_V(current_A: float) -> float:
            after = state if before_A is None else self._cell.advance(state, (before_A + current_A) / 2, step_s)
            return self._voltage(after, current_A) - self._set_V

        sign = 1.0 if self._limit_A > 0 else -1.0
        if sign * excess_V(0.0) >= 0:
            return 0.0
        if sign * excess_V(self._limit_A) <= 0:
            return self._limit_A
        return float(brentq(excess_V, 0.0, self._limit_A, xtol=_CURRENT_TOLERANCE_A))
