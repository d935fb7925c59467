"""Impedance of the half cell at rest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.cell.kinetics import Resistances
from simulators.cell.material import Material

__all__ = ["arc_ohm_cm2", "finite_space_warburg", "impedance_ohm_cm2"]

_DEEP = 30.0
"""Beyond this coth is one to the last digit, and numpy's tanh of so large an argument would overflow."""


def arc_ohm_cm2(
    resistance_ohm_cm2: float, cpe: float, exponent: float, laplace_1_s: NDArray[np.complex128]
) -> NDArray[np.complex128]:
    """A resistance beside a constant-phase element 1/(Q (jw)^a)."""
    return np.asarray(resistance_ohm_cm2 / (1 + resistance_ohm_cm2 * cpe * laplace_1_s**exponent))


def finite_space_warburg(time_s: float, laplace_1_s: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Diffusion into a layer with a closed end: coth(x)/x, x = sqrt(jw tau_D)."""
    depth = np.sqrt(laplace_1_s * time_s)
    shallow = depth.real < _DEEP
    inverse = np.ones_like(depth)
    inverse[shallow] = 1 / np.tanh(depth[shallow])
    return np.asarray(inverse / depth)


def impedance_ohm_cm2(
    material: Material,
    at: Resistances,
    diffusion_ohm_cm2: float,
    diffusion_time_s: float,
    frequency_Hz: NDArray[np.float64],
) -> NDArray[np.complex128]:
    """R_s + R_film|CPE + R_ct|CPE + finite-space Warburg, per area."""
    laplace = np.asarray(2j * math.pi * frequency_Hz, np.complex128)
    film = arc_ohm_cm2(at.film_ohm_cm2, material.film_capacitance_F_cm2, material.film_exponent, laplace)
    transfer = arc_ohm_cm2(
        at.charge_transfer_ohm_cm2, material.double_layer_F_cm2, material.double_layer_exponent, laplace
    )
    diffusion = diffusion_ohm_cm2 * finite_space_warburg(diffusion_time_s, laplace)
    return np.asarray(at.ohmic_ohm_cm2 + film + transfer + diffusion)
