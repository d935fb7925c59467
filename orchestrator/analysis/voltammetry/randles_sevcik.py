"""The diffusion coefficient from peak currents: Ip = 0.4463 n^1.5 F^1.5 A C (D v / RT)^0.5, reversible, planar.

At 25 degC the constants make 2.69e5 (Zhang et al. 2024, Eq. 5). C is the lithium in the host, not in the electrolyte.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Diffusion", "RandlesSevcik"]

_FARADAY = 96485.33212  # C/mol
_GAS_CONSTANT = 8.314462618  # J/(mol K)


@dataclass(frozen=True, slots=True)
class Diffusion:
    """A diffusion coefficient; the error is one standard deviation, of the line alone."""

    coefficient_cm2_s: float
    error_cm2_s: float | None


@dataclass(frozen=True, slots=True)
class RandlesSevcik:
    """What the equation needs besides peak currents."""

    area_cm2: float
    concentration_mol_cm3: float
    temperature_degC: float
    electrons: int = 1

    @property
    def slope_per_root_D(self) -> float:
        """Ip / v^0.5 in A (s/V)^0.5 for D = 1 cm2/s."""
        kelvin = self.temperature_degC + 273.15
        per_volt = _FARADAY / (_GAS_CONSTANT * kelvin)
        charge = self.electrons**1.5 * _FARADAY * self.area_cm2 * self.concentration_mol_cm3
        return float(0.4463 * charge * math.sqrt(per_volt))

    def from_peaks(self, rate_V_s: npt.ArrayLike, peak_A: npt.ArrayLike) -> Diffusion:
        """A line of Ip over v^0.5 through the origin."""
        root, peak = np.sqrt(np.asarray(rate_V_s, float)), np.asarray(peak_A, float)
        slope = float(root @ peak / (root @ root))
        error = None
        if len(root) > 1:
            error = math.sqrt(float(np.sum((peak - slope * root) ** 2)) / (len(root) - 1) / float(root @ root))
        return self.from_slope(slope, error)

    def from_slope(self, slope: float, error: float | None = None) -> Diffusion:
        """From Ip / v^0.5 in A (s/V)^0.5."""
        coefficient = (slope / self.slope_per_root_D) ** 2
        return Diffusion(coefficient, None if error is None else 2 * coefficient * error / abs(slope))
