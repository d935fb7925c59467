"""Polarisation of an electrode: ohmic drop and charge transfer, per area."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulators.cell.material import Material

__all__ = ["FARADAY", "GAS_CONSTANT", "Kinetics", "Resistances", "arrhenius", "kinetics", "resistances"]

GAS_CONSTANT = 8.314462618  # J/(mol K)
FARADAY = 96485.33212  # C/mol
_REFERENCE_K = 298.15


def arrhenius(energy_kJ_mol: float, temperature_degC: float) -> float:
    """How much slower something is than at 25 degC: exp(Ea/R (1/T - 1/298.15 K))."""
    return math.exp(energy_kJ_mol * 1e3 / GAS_CONSTANT * (1 / (temperature_degC + 273.15) - 1 / _REFERENCE_K))


@dataclass(frozen=True, slots=True)
class Resistances:
    """The three resistances of an electrode, per area."""

    ohmic_ohm_cm2: float
    film_ohm_cm2: float
    charge_transfer_ohm_cm2: float


def resistances(material: Material, temperature_degC: float, growth: float = 1.0) -> Resistances:
    """Return them at a temperature; film and charge transfer have grown by a factor.

    Charge transfer: 1/Rct = (zFA j0'/RT) exp(-Ea/RT), Zhang et al. 2024, Eq. 3, whence the factor T.
    """
    transfer = arrhenius(material.activation_energy_kJ_mol, temperature_degC)
    transfer *= (temperature_degC + 273.15) / _REFERENCE_K
    return Resistances(
        material.ohmic_ohm_cm2 * arrhenius(material.ohmic_energy_kJ_mol, temperature_degC),
        material.film_ohm_cm2 * arrhenius(material.film_energy_kJ_mol, temperature_degC) * growth,
        material.charge_transfer_ohm_cm2 * transfer * growth,
    )


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
    at = resistances(material, temperature_degC, growth)
    thermal_V = GAS_CONSTANT * (temperature_degC + 273.15) / FARADAY
    return Kinetics(
        linear_ohm=(at.ohmic_ohm_cm2 + at.film_ohm_cm2) / area_cm2,
        slope_V=2 * thermal_V,
        scale_A=2 * thermal_V / (at.charge_transfer_ohm_cm2 / area_cm2),
    )
