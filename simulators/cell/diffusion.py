"""Diffusion in the host: the modes of a finite planar layer."""

from __future__ import annotations

import math

import numpy as np

from simulators.cell.kinetics import arrhenius
from simulators.cell.material import Material
from simulators.cell.state import DIFFUSION_MODES

__all__ = ["Diffusion"]


class Diffusion:
    """Time constants at one temperature: tau_k = tau_D / (k pi)^2, each mode obeying dz_k/dt = -z_k/tau_k - 2 r.

    r is the specific current in mAh/g per second, positive for charging. z itself holds no temperature, so that a
    change of temperature moves no state.
    """

    def __init__(self, material: Material, temperature_degC: float) -> None:
        slowness = arrhenius(material.diffusion_energy_kJ_mol, temperature_degC)
        self.whole_s = material.diffusion_time_s * slowness
        """tau_D, length squared over diffusion coefficient."""
        self.tau_s = self.whole_s / (np.arange(1, DIFFUSION_MODES + 1) * math.pi) ** 2
        self.gain_s = 2 * self.tau_s
        self.whole_gain_s = float(self.gain_s.sum())
        self._taus_s: list[float] = self.tau_s.tolist()

    def after(
        self, excess_mAh_g: tuple[float, ...], first_rate: float, last_rate: float, duration_s: float
    ) -> tuple[float, ...]:
        """Return the modes after a current that went straight from the first rate to the last one, mAh/g per s."""
        slope = (last_rate - first_rate) / duration_s if duration_s else 0.0
        surface = []
        for excess, tau_s in zip(excess_mAh_g, self._taus_s, strict=True):
            lag = 2 * tau_s * tau_s * slope
            left = math.exp(-duration_s / tau_s)
            surface.append((excess + 2 * tau_s * first_rate - lag) * left - 2 * tau_s * last_rate + lag)
        return tuple(surface)
