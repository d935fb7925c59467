"""Whether a spectrum can be the impedance of a linear cell that did not change while it was measured.

Linear Kramers-Kronig test: a chain of resistor-capacitor elements with fixed time constants obeys the Kramers-Kronig
relations whatever its resistances, so what such a chain cannot describe violates them (Boukamp, J. Electrochem. Soc.
142 (1995) 1885; Schoenleber et al., Electrochim. Acta 131 (2014) 20). Beside the residual, a drift is fitted: the
points carry their times, and a cell that grows while the slow points are measured bends the spectrum by Z times time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestrator.analysis.impedance.spectrum import Spectrum

__all__ = ["KramersKronig", "check_kramers_kronig"]

_PER_DECADE = 4.0
_FASTER_DECADES, _SLOWER_DECADES = 2.0, 0.5
"""Time constants beyond the ends of the spectrum, without which an arc cut off at one end, or a diffusion tail at the
other, looks like a violation. More slow ones would describe a drift as well."""
_LARGEST_SHARE = 0.6
"""Of the data that the chain's parameters may use up."""
_NEGLIGIBLE = 1e-9
_DRIFT_SIGMAS = 3.0
_SMALLEST_DRIFT = 3e-3
_SYSTEMATIC = 1.2
"""Von Neumann ratio of the residual: some 2.4 for noise about such a chain, towards 0 for a smooth misfit."""
_SMALLEST_MISFIT = 1e-3

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class KramersKronig:
    """The verdict and what it rests on. Residuals are relative to the modulus."""

    passed: bool
    reason: str
    """Why it failed; empty where it passed."""
    rms: float
    """Root mean square of the residual, per degree of freedom: an estimate of the noise where it passed."""
    drift: float | None
    """Relative growth of Z from the first point to the last; None where the points carry no times."""
    drift_error: float | None
    """One standard deviation."""
    residual: npt.NDArray[np.complex128]
    """Per point, (measured - chain)/|Z|; of the chain without drift."""


def check_kramers_kronig(spectrum: Spectrum, limit: float = 0.01) -> KramersKronig:
    """Judge a spectrum. ``limit``: largest root mean square of the relative residual (0.01 is 1 %).

    It fails beyond the limit, with a drift of more than three standard deviations and 0.3 %, or where the residual
    exceeds 0.1 % and is no noise but a smooth curve.
    """
    measured = _stacked(spectrum.z_Ohm / np.abs(spectrum.z_Ohm))
    space = _chain(spectrum)
    residual = measured - space @ (space.T @ measured)
    freedom = len(measured) - space.shape[1]
    rms = math.sqrt(float(residual @ residual) / freedom)
    drift, drift_error = _drift(spectrum, measured, residual, space)
    reason = _verdict(rms, limit, drift, drift_error, residual)
    half = len(spectrum)
    return KramersKronig(not reason, reason, rms, drift, drift_error, residual[:half] + 1j * residual[half:])


def _chain(spectrum: Spectrum) -> Array:
    """Orthonormal basis, real over imaginary parts, of all that the chain can describe, relative to the modulus."""
    angular = 2 * math.pi * spectrum.frequency_Hz
    first = math.log10(1 / angular.max()) - _FASTER_DECADES
    last = math.log10(1 / angular.min()) + _SLOWER_DECADES
    most = int(_LARGEST_SHARE * 2 * len(spectrum)) - 3
    times_s = np.logspace(first, last, max(3, min(round((last - first) * _PER_DECADE) + 1, most)))
    laplace = 1j * angular[:, None]
    columns = np.hstack(
        (np.ones_like(laplace), 1 / (1 + laplace * times_s), laplace / angular.max(), angular.min() / laplace)
    )
    relative = columns / np.abs(spectrum.z_Ohm)[:, None]
    left, size, _ = np.linalg.svd(np.concatenate((relative.real, relative.imag)), full_matrices=False)
    return np.asarray(left[:, size > _NEGLIGIBLE * size[0]])


def _stacked(z: npt.NDArray[np.complex128]) -> Array:
    return np.concatenate((z.real, z.imag))


def _drift(
    spectrum: Spectrum, measured: Array, residual: Array, space: Array
) -> tuple[float, float] | tuple[None, None]:
    elapsed = spectrum.elapsed_s - spectrum.elapsed_s[0]
    if not np.isfinite(elapsed).all() or np.ptp(elapsed) == 0:
        return None, None
    grown = measured * np.tile(elapsed / np.ptp(elapsed), 2)
    grown = grown - space @ (space.T @ grown)
    size = float(grown @ grown)
    drift = float(grown @ residual) / size
    left = residual - drift * grown
    freedom = len(measured) - space.shape[1] - 1
    return drift, math.sqrt(float(left @ left) / freedom / size)


def _verdict(rms: float, limit: float, drift: float | None, drift_error: float | None, residual: Array) -> str:
    if rms > limit:
        return f"residual {1e2 * rms:.2g} %, more than {1e2 * limit:g} %"
    if drift is not None and drift_error is not None and abs(drift) > max(_DRIFT_SIGMAS * drift_error, _SMALLEST_DRIFT):
        return f"the impedance drifted by {1e2 * drift:+.2g} % during the spectrum"
    if rms > _SMALLEST_MISFIT and _von_neumann(residual) < _SYSTEMATIC:
        return f"residual {1e2 * rms:.2g} %, systematic"
    return ""


def _von_neumann(residual: Array) -> float:
    parts = np.split(residual, 2)
    return float(sum(np.sum(np.diff(part) ** 2) for part in parts) / np.sum(residual**2))
