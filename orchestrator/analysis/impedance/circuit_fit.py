"""Fit of an equivalent circuit to one spectrum: complex least squares, weighted by the modulus, from several starts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares, nnls

from orchestrator.analysis.impedance.circuit import Circuit, exponent, raw_exponent
from orchestrator.analysis.impedance.spectrum import Spectrum

__all__ = ["Arc", "CircuitFit", "fit_circuit"]

_STARTS = 2
_START_EXPONENT = 0.85
_START_TAIL = {"cpe": (raw_exponent(0.5),), "finite_space": (math.log(100.0),), "warburg": (), "none": ()}
"""Shapes of the diffusion element to begin with."""
_MOST_START_TIMES = 13
_STEP = 1e-5
_MOST_EVALUATIONS = 200

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arc:
    """One arc; errors are one standard deviation, from the residual and the fit's curvature."""

    resistance_Ohm: float
    resistance_error_Ohm: float
    time_constant_s: float
    time_constant_error_s: float
    exponent: float
    exponent_error: float


@dataclass(frozen=True, slots=True, eq=False)
class CircuitFit:
    """A circuit with its numbers. Arcs are ordered by time constant, the fastest first."""

    circuit: Circuit
    series_Ohm: float
    series_error_Ohm: float
    arcs: tuple[Arc, ...]
    tail: float | None
    """Ohm s^-0.5 (Warburg), Ohm (finite space), 1/Q (constant-phase element); None without diffusion."""
    tail_error: float | None
    tail_shape: float | None
    """Diffusion time in s (finite space) or exponent (constant-phase element)."""
    inductance_H: float | None
    rms: float
    """Root mean square of the residual relative to the modulus, per degree of freedom."""
    fitted_Ohm: npt.NDArray[np.complex128]
    """At the spectrum's frequencies."""


def fit_circuit(spectrum: Spectrum, circuit: Circuit) -> CircuitFit:
    """Fit one spectrum, of FEWEST_POINTS at least: more data than the largest circuit has parameters."""
    problem = _Problem(spectrum, circuit)
    found = [least_squares(problem.miss, start, max_nfev=_MOST_EVALUATIONS) for start in problem.starts()]
    shapes = min(found, key=lambda one: one.cost).x
    return problem.solution(np.asarray(shapes))


class _Problem:
    """Real over imaginary parts of everything, divided by the modulus of the measured impedance."""

    def __init__(self, spectrum: Spectrum, circuit: Circuit) -> None:
        self._circuit = circuit
        self._angular = 2 * math.pi * spectrum.frequency_Hz
        self._modulus = np.abs(spectrum.z_Ohm)
        self._measured = self._stacked(spectrum.z_Ohm)

    def miss(self, shapes: Array) -> Array:
        """Residual with the best linear elements for these shapes."""
        matrix = self._matrix(shapes)
        return np.asarray(self._measured - matrix @ self._best(matrix))

    def starts(self) -> list[Array]:
        """Shapes from which to search: the best of a grid of time constants with all resistances positive."""
        arcs = self._circuit.arcs
        tail = _START_TAIL[self._circuit.diffusion]
        first, last = math.log(1 / self._angular.max()), math.log(1 / self._angular.min())
        count = min(_MOST_START_TIMES, max(arcs, round((last - first) / math.log(10) * 2)))
        times = np.linspace(first, last, count + 2)[1:-1]
        rated = []
        for chosen in combinations(times, arcs):
            shapes = np.array([*chosen, *[raw_exponent(_START_EXPONENT)] * arcs, *tail])
            rated.append((nnls(self._matrix(shapes), self._measured)[1], tuple(shapes)))
        return [np.array(shapes) for _, shapes in sorted(rated)[:_STARTS]]

    def solution(self, shapes: Array) -> CircuitFit:
        """Elements with their errors."""
        circuit, arcs = self._circuit, self._circuit.arcs
        matrix = self._matrix(shapes)
        sizes = self._best(matrix)
        residual = self._measured - matrix @ sizes
        rms = math.sqrt(float(residual @ residual) / (len(residual) - circuit.parameters))
        errors = self._errors(shapes, sizes, matrix, rms)
        linear = dict(zip(circuit.linear_names, zip(sizes, errors, strict=False), strict=True))
        shape_errors = errors[len(sizes) :]
        found = [
            Arc(
                resistance_Ohm=float(linear[f"R{place + 1}"][0]),
                resistance_error_Ohm=float(linear[f"R{place + 1}"][1]),
                time_constant_s=math.exp(shapes[place]),
                time_constant_error_s=math.exp(shapes[place]) * float(shape_errors[place]),
                exponent=exponent(shapes[arcs + place]),
                exponent_error=float(shape_errors[arcs + place]) * _exponent_slope(shapes[arcs + place]),
            )
            for place in range(arcs)
        ]
        tail = linear.get("tail")
        inductance = linear.get("L")
        return CircuitFit(
            circuit=circuit,
            series_Ohm=float(linear["R0"][0]),
            series_error_Ohm=float(linear["R0"][1]),
            arcs=tuple(sorted(found, key=lambda arc: arc.time_constant_s)),
            tail=float(tail[0]) if tail else None,
            tail_error=float(tail[1]) if tail else None,
            tail_shape=_tail_shape(circuit, shapes),
            inductance_H=float(inductance[0]) if inductance else None,
            rms=rms,
            fitted_Ohm=np.asarray(circuit.columns(shapes, self._angular) @ sizes),
        )

    def _errors(self, shapes: Array, sizes: Array, matrix: Array, rms: float) -> Array:
        """Standard deviations of linear elements, then shapes, from the linearised problem."""
        slopes = []
        for place in range(len(shapes)):
            moved = np.zeros_like(shapes)
            moved[place] = _STEP
            higher, lower = self._matrix(shapes + moved) @ sizes, self._matrix(shapes - moved) @ sizes
            slopes.append((higher - lower) / (2 * _STEP))
        jacobian = np.column_stack((matrix, *slopes))
        scale = np.linalg.norm(jacobian, axis=0)
        scale[scale == 0] = 1.0
        inverse = np.linalg.pinv(jacobian / scale)
        return np.asarray(rms * np.linalg.norm(inverse, axis=1) / scale)

    def _matrix(self, shapes: Array) -> Array:
        return self._stacked(self._circuit.columns(shapes, self._angular))

    def _best(self, matrix: Array) -> Array:
        scale = np.linalg.norm(matrix, axis=0)
        return np.asarray(np.linalg.lstsq(matrix / scale, self._measured, rcond=None)[0] / scale)

    def _stacked(self, z: npt.NDArray[np.complex128]) -> Array:
        relative = (z.T / self._modulus).T
        return np.concatenate((relative.real, relative.imag))


def _exponent_slope(raw: float) -> float:
    return (exponent(raw + _STEP) - exponent(raw - _STEP)) / (2 * _STEP)


def _tail_shape(circuit: Circuit, shapes: Array) -> float | None:
    if circuit.diffusion == "finite_space":
        return math.exp(shapes[-1])
    return exponent(shapes[-1]) if circuit.diffusion == "cpe" else None
