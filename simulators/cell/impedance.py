"""Impedance of the half cell at rest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.cell.kinetics import charge_transfer_ohm_cm2
from simulators.cell.material import Material

__all__ = ["impedance_ohm_cm2"]


def impedance_ohm_cm2(
    material: Material, temperature_degC: float, growth: float, frequency_Hz: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """R_s + R_film||CPE + R_ct(T)||CPE + Warburg, per area; film and charge transfer grown by a factor."""
    angular = 2j * math.pi * frequency_Hz
    film = material.film_ohm_cm2 * growth
    transfer = charge_transfer_ohm_cm2(material, temperature_degC) * growth
    film_arc = film / (1 + film * material.film_capacitance_F_cm2 * angular**material.film_exponent)
    transfer_arc = transfer / (1 + transfer * material.double_layer_F_cm2 * angular**material.double_layer_exponent)
    warburg = material.warburg_ohm_cm2_s05 * (1 - 1j) / np.sqrt(angular.imag)
    return np.asarray(material.ohmic_ohm_cm2 + film_arc + transfer_arc + warburg)
