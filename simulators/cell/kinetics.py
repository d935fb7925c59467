"""Polarisation of an electrode: ohmic drop and charge transfer, per area."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulators.cell.material import Material

__all__ = ["FARADAY", "GAS_CONSTANT", "Kinetics", "charge_transfer_ohm_cm2", "kinetics"]

GAS_CONSTANT = 8.314462618  # J/(mol K)
FARADAY = 96485.33212  # C/mol
_REFERENCE_K = 298.15


def charge_transfer_ohm_cm2(material: Material, temperature_degC: float) -> float:
    """Fresh charge transfer resistance: 1/Rct = (zFA j0'/RT) exp(-Ea/RT), Zhang et al. 2024, Eq. 3."""
    temperature_K = temperature_degC + 273.15
    arrhenius = material.activation_energy_kJ_mol * 1e3 / GAS_CONSTANT * (1 / temperature_K - 1 / _REFERENCE_K)
    return material.charge_transfer_ohm_cm2 * temperature_K / _REFERENCE_K * math.exp(arrhenius)


@dataclass(frozen=True, slots=True)
class Kinetics:
    """Overpotential = linear_ohm I + slope_V asinh(I / scale_A): symmetric Butler-Volmer behind a series resistance."""

    linear_ohm: float
    slope_V: float
    scale_A: float

    def overpotential_V(self, current_A: float) -> float:
        """Positive for charging currents."""
        return self.linear_ohm * current_A + self.slope_V * math.asinh(current_A / self.scale_A)


def kinetics(material: Material, area_cm2: float, temperature_degC: float, growth: float) -> Kinetics:
    """Polarisation of an electrode whose film and charge transfer resistance have grown by a factor."""
    thermal_V = GAS_CONSTANT * (temperature_degC + 273.15) / FARADAY
    transfer_ohm = charge_transfer_ohm_cm2(material, temperature_degC) * growth / area_cm2
    return Kinetics(
        linear_ohm=(material.ohmic_ohm_cm2 + material.film_ohm_cm2 * growth) / area_cm2,
        slope_V=2 * thermal_V,
        scale_A=2 * thermal_V / transfer_ohm,
    )
