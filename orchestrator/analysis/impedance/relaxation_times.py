"""Distribution of relaxation times: how much resistance relaxes at which time constant, without a circuit.

Z = jwL + R0 + integral gamma(ln tau) / (1 + jw tau) dln tau + 1/(jwC), gamma >= 0, by least squares with a penalty on
the second differences of gamma (Tikhonov; Wan et al., Electrochim. Acta 184 (2015) 483). The penalty decides how broad
a peak looks; a peak's area is its resistance whatever the penalty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from scipy.signal import find_peaks

from orchestrator.analysis.impedance.spectrum import Spectrum

__all__ = ["Relaxation", "RelaxationPeak", "relaxation_times"]

_PER_DECADE = 10
_FASTER_DECADES, _SLOWER_DECADES = 1.0, 0.5
_SMALLEST_PEAK = 0.02
"""Prominence relative to the highest."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RelaxationPeak:
    """One peak: its place, and the area between the valleys around it."""

    time_constant_s: float
    resistance_Ohm: float
    inside: bool
    """Whether the time constant lies where the spectrum was measured; outside it is the tail's, or a guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """The distribution on a logarithmic grid; its integral over ln tau is the polarisation resistance."""

    time_constant_s: Array
    gamma_Ohm: Array
    series_Ohm: float
    rms: float
    """Of the residual relative to the modulus."""
    peaks: tuple[RelaxationPeak, ...]


def relaxation_times(spectrum: Spectrum, regularisation: float = 1e-3) -> Relaxation:
    """Return the distribution of one spectrum. A larger ``regularisation`` gives broader, fewer peaks."""
    angular = 2 * math.pi * spectrum.frequency_Hz
    first = math.log10(1 / angular.max()) - _FASTER_DECADES
    last = math.log10(1 / angular.min()) + _SLOWER_DECADES
    times_s = np.logspace(first, last, round((last - first) * _PER_DECADE) + 1)
    step = math.log(times_s[1] / times_s[0])
    modulus = np.abs(spectrum.z_Ohm)
    matrix = _relative(_elements(angular, times_s) * _sizes(len(times_s), step), modulus)
    measured = _relative(spectrum.z_Ohm[:, None], modulus)[:, 0]
    scale = float(np.median(modulus))
    penalty = np.zeros((len(times_s) - 2, matrix.shape[1]))
    penalty[:, : len(times_s)] = math.sqrt(regularisation) * np.diff(np.eye(len(times_s)), 2, axis=0) / scale
    padded = np.concatenate((measured, np.zeros(len(penalty))))
    found, _ = nnls(np.vstack((matrix, penalty)), padded, maxiter=30 * matrix.shape[1])
    residual = measured - matrix @ found
    gamma = found[: len(times_s)]
    measured_s = (1 / angular.max(), 1 / angular.min())
    return Relaxation(
        times_s,
        gamma,
        float(found[-3]),
        math.sqrt(float(np.mean(residual**2))),
        _peaks(times_s, gamma, step, measured_s),
    )


def _elements(angular: Array, times_s: Array) -> npt.NDArray[np.complex128]:
    """One column a relaxation, then R0, an inductance, a capacitance."""
    laplace = 1j * angular[:, None]
    rest = (np.ones_like(laplace), laplace / angular.max(), angular.min() / laplace)
    return np.hstack((1 / (1 + laplace * times_s), *rest))


def _sizes(relaxations: int, step: float) -> Array:
    return np.concatenate((np.full(relaxations, step), np.ones(3)))


def _relative(z: npt.NDArray[np.complex128], modulus: Array) -> Array:
    divided = z / modulus[:, None]
    return np.concatenate((divided.real, divided.imag))


def _peaks(times_s: Array, gamma: Array, step: float, measured_s: tuple[float, float]) -> tuple[RelaxationPeak, ...]:
    tops, _ = find_peaks(np.concatenate(([0.0], gamma, [0.0])), prominence=_SMALLEST_PEAK * float(gamma.max()))
    tops = tops - 1
    valleys = [0, *(a + int(np.argmin(gamma[a:b])) for a, b in pairwise(tops)), len(gamma)]
    return tuple(
        RelaxationPeak(
            float(times_s[top]), float(gamma[a:b].sum() * step), bool(measured_s[0] <= times_s[top] <= measured_s[1])
        )
        for top, a, b in zip(tops, valleys[:-1], valleys[1:], strict=True)
    )
