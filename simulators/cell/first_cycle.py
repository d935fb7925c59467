"""What only a fresh cell does: lithium that never comes back, and the voltage at which the first layer forms."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.cell.material import Material

__all__ = ["FirstCycle"]


class FirstCycle:
    """Both parts are functions of the lithiation charge that has passed in the cell's whole life."""

    def __init__(self, material: Material) -> None:
        self._length = material.first_sink_length_mAh_g
        self._whole = material.first_discharge_mAh_g
        self._scale = material.first_sink_mAh_g / (1 - math.exp(-self._whole / self._length))
        self._rise_V = material.first_rise_V
        self._rise_length = material.first_rise_length_mAh_g

    def goes_on(self, lithiated_mAh_g: float) -> bool:
        """Whether anything of it is left."""
        return lithiated_mAh_g < self._whole

    def sink_mAh_g(self, before_mAh_g: float, passed_mAh_g: float) -> float:
        """Lithium lost while so much more lithiation charge passes."""
        if before_mAh_g >= self._whole:
            return 0.0
        passed = min(passed_mAh_g, self._whole - before_mAh_g)
        return -self._scale * math.exp(-before_mAh_g / self._length) * math.expm1(-passed / self._length)

    def sinks_mAh_g(self, before_mAh_g: float, passed_mAh_g: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same for many, of a first cycle that goes on."""
        passed = np.minimum(passed_mAh_g, self._whole - before_mAh_g)
        return np.asarray(-self._scale * math.exp(-before_mAh_g / self._length) * np.expm1(passed / -self._length))

    def rise_V(self, lithiated_mAh_g: float, hysteresis: float) -> float:
        """How far above the lithiation branch the first lithiation begins."""
        if lithiated_mAh_g >= self._whole:
            return 0.0
        return self._rise_V * math.exp(-lithiated_mAh_g / self._rise_length) * (1 - hysteresis)

    def rises_V(self, lithiated_mAh_g: NDArray[np.float64], hysteresis: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same for many."""
        rise = self._rise_V * np.exp(lithiated_mAh_g / -self._rise_length) * (1 - hysteresis)
        return np.where(lithiated_mAh_g < self._whole, rise, 0.0)
