"""Voltammograms with surface and diffusion parts: a model of its own, beside the state model."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulators.cell.kinetics import arrhenius, resistances
from simulators.cell.material import Material
from simulators.cell.response import Response
from simulators.cell.state import CellState

if TYPE_CHECKING:
    from simulators.cell.virtual_cell import VirtualCell

__all__ = ["Voltammetry", "voltammogram_shapes"]

_MIDDLE_V, _HALF_WINDOW_V = 0.755, 0.745
_WINDOW_V = np.linspace(_MIDDLE_V - _HALF_WINDOW_V, _MIDDLE_V + _HALF_WINDOW_V, 1491)
_BALANCING_ROUNDS = 4
_GRID_V = np.arange(-1.0, 6.0, 1e-3)
_BASE = 0.02
"""Of either part away from its peaks, relative to the delithiation peak."""
_TURN_V = 0.012
"""Over which the current comes round after a vertex."""
_STEP_V = 1e-3
_POINTS_PER_PIECE = 20


@lru_cache(maxsize=16)
def voltammogram_shapes(material: Material) -> dict[bool, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Capacitance in F/g and diffusion part in A/g per (V/s)^0.5 on the grid, of delithiation (True) and lithiation.

    Both parts of lithiation have the area of delithiation's over the paper's window, so that a cycle is balanced.
    """
    inside = np.abs(_GRID_V - _MIDDLE_V) <= _HALF_WINDOW_V
    parts: dict[bool, list[NDArray[np.float64]]] = {True: [], False: []}
    for scale, breadth in (
        (material.cv_surface_F_g, 1.0),
        (material.cv_diffusion_A_g_s05, material.cv_diffusion_breadth),
    ):
        out = _peaks(
            material.cv_delithiation_peak_V, material.cv_delithiation_width_V, material.cv_delithiation_weight, breadth
        )
        into = _peaks(
            material.cv_lithiation_peak_V, material.cv_lithiation_width_V, material.cv_lithiation_weight, breadth
        )
        parts[True].append(scale * out)
        parts[False].append(scale * into * (out[inside].sum() / into[inside].sum()))
    return {direction: (surface, diffusion) for direction, (surface, diffusion) in parts.items()}


def _peaks(
    peak_V: tuple[float, ...], width_V: tuple[float, ...], weight: tuple[float, ...], breadth: float
) -> NDArray[np.float64]:
    at = zip(peak_V, width_V, weight, strict=True)
    return _BASE + sum((w * np.exp(-(((_GRID_V - p) / (s * breadth)) ** 2) / 2) for p, s, w in at), np.zeros(1))


class Voltammetry:
    """One sweep: i = C(E) v + K(E) v^0.5 at the potential less the ohmic drop, of any length, in closed form in E.

    After a vertex the current comes round exponentially in the potential. The charge that passes moves the state, and
    the potential then brings it where it would show just that under this current, so that whatever follows goes on from
    there; the state does not shape the current.
    """

    def __init__(self, cell: VirtualCell, state: CellState, start_V: float, rate_V_s: float, before_A: float) -> None:
        if not rate_V_s:
            raise ValueError("a sweep needs a rate; hold() keeps a potential")
        self._cell = cell.frozen()
        self._start_V, self._rate_V_s = start_V, rate_V_s
        sign = math.copysign(1.0, rate_V_s)
        span_V = (_GRID_V[-1] - start_V) if sign > 0 else (start_V - _GRID_V[0])
        passed_V = np.arange(0.0, span_V, _STEP_V)
        self._time_s = passed_V / abs(rate_V_s)
        settled = self._settled_A(state, start_V + sign * passed_V)
        self._current_A = settled + (before_A - settled[0]) * np.exp(-passed_V / _TURN_V)
        mean = (self._current_A[1:] + self._current_A[:-1]) / 2
        self._charge_C = np.r_[0.0, np.cumsum(mean * np.diff(self._time_s))]
        self._states = [state]
        """At every so many points of the grid, as far as anybody has asked."""

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Voltage, current and charge at these seconds from the sweep's start."""
        current = np.interp(elapsed_s, self._time_s, self._current_A)
        return Response(
            elapsed_s,
            self._start_V + self._rate_V_s * elapsed_s,
            current,
            self._passed_C(elapsed_s) / 3600,
            self.state_at,
        )

    def state_at(self, elapsed_s: float) -> CellState:
        """Return the state after so many seconds: charge as it passed, evened out over 20 mV at a time."""
        piece_s = float(self._time_s[1]) * _POINTS_PER_PIECE
        whole = int(elapsed_s / piece_s)
        while len(self._states) <= whole:
            begin_s = (len(self._states) - 1) * piece_s
            self._states.append(self._moved(self._states[-1], begin_s, begin_s + piece_s))
        return self._moved(self._states[whole], whole * piece_s, elapsed_s)

    def _moved(self, state: CellState, begin_s: float, end_s: float) -> CellState:
        if end_s <= begin_s:
            return state
        begin_C, end_C = self._passed_C(np.array([begin_s, end_s]))
        mean_A = float(end_C - begin_C) / (end_s - begin_s)
        passed = self._cell.advance(state, mean_A, end_s - begin_s)
        current_A = float(np.interp(end_s, self._time_s, self._current_A))
        return self._cell.brought_to(passed, state, self._start_V + self._rate_V_s * end_s, current_A)

    def _passed_C(self, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        node = np.clip(np.searchsorted(self._time_s, elapsed_s, side="right") - 1, 0, len(self._time_s) - 2)
        current = np.interp(elapsed_s, self._time_s, self._current_A)
        return np.asarray(
            self._charge_C[node] + (self._current_A[node] + current) / 2 * (elapsed_s - self._time_s[node])
        )

    def _settled_A(self, state: CellState, applied_V: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the current far from a vertex; lithiation takes what delithiation at its rate gives back."""
        out = self._branch(state, delithiation=True, scale=1.0)
        if self._rate_V_s > 0:
            return np.interp(applied_V, *out)
        scale = 1.0
        for _ in range(_BALANCING_ROUNDS):
            scale *= -_window_V_A(*out) / _window_V_A(*self._branch(state, delithiation=False, scale=scale))
        return np.interp(applied_V, *self._branch(state, delithiation=False, scale=scale))

    def _branch(
        self, state: CellState, *, delithiation: bool, scale: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Applied potential and current of one direction, any distance from a vertex."""
        cell, speed = self._cell, abs(self._rate_V_s)
        surface, diffusion = voltammogram_shapes(cell.parameters)[delithiation]
        faster = 1 / arrhenius(cell.parameters.diffusion_energy_kJ_mol, cell.temperature_degC)
        specific = surface * speed + diffusion * math.sqrt(speed * faster)
        age = cell.age(state)
        current = (scale if delithiation else -scale) * cell.effective_mass_g * age.capacity * specific
        at = resistances(cell.parameters, cell.temperature_degC, age.resistance)
        # what lies before the surface; charge transfer and diffusion are in the measured peaks themselves
        drop_V = current * (at.ohmic_ohm_cm2 + at.film_ohm_cm2) / cell.area_cm2
        return np.maximum.accumulate(_GRID_V + drop_V), current


def _window_V_A(applied_V: NDArray[np.float64], current_A: NDArray[np.float64]) -> float:
    """Integral of the current over the window, with what the turns at its ends add: charge times scan rate."""
    settled = np.interp(_WINDOW_V, applied_V, current_A)
    turns = (settled[0] - settled[-1]) * _TURN_V * (1.0 if settled[0] < 0 else -1.0)
    return float(np.trapezoid(settled, _WINDOW_V) + turns)
