"""A cell whose potential is prescribed, held or swept: the current that this takes, on a grid of its own."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from simulators.cell.response import Response
from simulators.cell.state import CellState

if TYPE_CHECKING:
    from simulators.cell.virtual_cell import VirtualCell

__all__ = ["PotentialCourse"]

_FIRST_STEP_s, _GROWTH = 0.05, 1.06
_LARGEST_STEP_V = 1e-3
"""Of a sweep, so that no bend of the curve falls between two points."""
_CURRENT_TOLERANCE_A = 1e-13
_FOREVER_s = 1e7


class PotentialCourse:
    """The current is straight between the points of a growing grid, and meets the potential at each point.

    Under a straight current every state is a closed form, so that nothing but the current's own bend between two points
    is approximate. The grid depends on where the course began only: however it is asked, the answer is the same. It is
    that of the temperature at its beginning.
    """

    def __init__(
        self,
        cell: VirtualCell,
        state: CellState,
        start_V: float,
        rate_V_s: float = 0.0,
        *,
        lowest_A: float,
        highest_A: float,
    ) -> None:
        self._cell = cell.frozen()
        self._start_V, self._rate_V_s = start_V, rate_V_s
        self._lowest_A, self._highest_A = lowest_A, highest_A
        self._largest_step_s = _LARGEST_STEP_V / abs(rate_V_s) if rate_V_s else math.inf
        current_A = self._current_meeting(start_V, lambda _: state)
        self._states = [state]
        self._time_s = [0.0]
        self._current_A = [current_A]
        self._charge_C = [0.0]
        self._voltage_V = [self._cell.voltage_V(self._states[0], current_A)]
        self._step_s = min(_FIRST_STEP_s, self._largest_step_s)
        self._limited_s = 0.0
        """Until then a current at its limit is on its way to the potential."""
        if current_A in {lowest_A, highest_A} and current_A and not rate_V_s:
            self._pass_limited(current_A)

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
        limited = elapsed_s < self._limited_s
        if limited.any():
            voltage[limited] = self._cell.voltages_V(self._states[0], self._current_A[0], elapsed_s[limited])
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
        node = bisect.bisect_left(self._charge_C, wanted_C, key=abs)
        if node == 0:
            return 0.0
        left_C = wanted_C - abs(self._charge_C[node - 1])
        before, after = abs(self._current_A[node - 1]), abs(self._current_A[node])
        bend = (after - before) / (self._time_s[node] - self._time_s[node - 1])
        # left = before t + bend t^2 / 2, solved so that a bend of nearly zero does no harm
        found = self._time_s[node - 1] + 2 * left_C / (before + math.sqrt(max(0.0, before**2 + 2 * bend * left_C)))
        return found if found <= horizon_s else None

    def state_at(self, elapsed_s: float) -> CellState:
        """Return the state after so many seconds."""
        self._extend(elapsed_s)
        node = max(0, bisect.bisect_right(self._time_s, elapsed_s) - 1)
        since = elapsed_s - self._time_s[node]
        if since <= 0:
            return self._states[node]
        current = float(np.interp(elapsed_s, self._time_s, self._current_A))
        return self._cell.advance_straight(self._states[node], self._current_A[node], current, since)

    def _extend(self, until_s: float) -> None:
        while self._time_s[-1] < until_s:
            self._step()

    def _step(self) -> None:
        state, before, step_s = self._states[-1], self._current_A[-1], self._step_s

        def after(current_A: float) -> CellState:
            return self._cell.advance_straight(state, before, current_A, step_s)

        time_s = self._time_s[-1] + step_s
        current = self._current_meeting(self._start_V + self._rate_V_s * time_s, after)
        self._append(step_s, current, after(current))
        self._step_s = min(step_s * _GROWTH, self._largest_step_s)

    def _pass_limited(self, current_A: float) -> None:
        """Go to where a current at its limit has brought the potential: the current bends there."""
        state = self._states[0]
        until_s = self._cell.time_from(state, current_A, self._start_V, _FOREVER_s)
        if until_s:
            self._limited_s = until_s
            self._append(until_s, current_A, self._cell.advance_straight(state, current_A, current_A, until_s))

    def _append(self, step_s: float, current_A: float, state: CellState) -> None:
        self._charge_C.append(self._charge_C[-1] + (self._current_A[-1] + current_A) / 2 * step_s)
        self._time_s.append(self._time_s[-1] + step_s)
        self._current_A.append(current_A)
        self._states.append(state)
        self._voltage_V.append(self._cell.voltage_V(state, current_A))

    def _current_meeting(self, wanted_V: float, state_under: Callable[[float], CellState]) -> float:
        """Return the current that meets a potential, within its limits."""

        def excess_V(current_A: float) -> float:
            return self._cell.voltage_V(state_under(current_A), current_A) - wanted_V

        if excess_V(self._lowest_A) >= 0:
            return self._lowest_A
        if excess_V(self._highest_A) <= 0:
            return self._highest_A
        return float(brentq(excess_V, self._lowest_A, self._highest_A, xtol=_CURRENT_TOLERANCE_A))
