"""Quasi-open-circuit voltage: a lithiation branch and a delithiation branch, and where between them the cell is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from simulators.cell.kinetics import kinetics
from simulators.cell.material import Material

__all__ = ["OpenCircuit", "open_circuit"]

_LOW_mAh_g, _HIGH_mAh_g, _PER_mAh_g = -200.0, 2400.0, 4
_POINTS = int(_HIGH_mAh_g - _LOW_mAh_g) * _PER_mAh_g + 1
_CUT_OFF_V = 0.01


@dataclass(frozen=True)
class OpenCircuit:
    """Both branches on one uniform grid of charge; beyond its ends they go on straight."""

    columns: tuple[NDArray[np.float64], ...]
    """Per step of the grid: lithiation branch, its rise, how far the delithiation branch lies above it, its rise."""
    rows: list[list[float]]
    """The same for one point at a time: lists are faster there."""

    def voltage_V(self, charge_mAh_g: NDArray[np.float64], hysteresis: NDArray[np.float64]) -> NDArray[np.float64]:
        """Voltage where the host holds this much lithium, per gram of what is still active."""
        place = (charge_mAh_g - _LOW_mAh_g) * _PER_mAh_g
        index = np.minimum(np.maximum(place.astype(np.intp), 0), _POINTS - 2)
        part = place - index
        low, low_rise, gap, gap_rise = self.columns
        lithiation = low[index] + low_rise[index] * part
        return np.asarray(lithiation + (gap[index] + gap_rise[index] * part) * hysteresis)

    def voltage_at_V(self, charge_mAh_g: float, hysteresis: float) -> float:
        """Return the same for one point, without the cost of arrays."""
        place = (charge_mAh_g - _LOW_mAh_g) * _PER_mAh_g
        index = min(max(int(place), 0), _POINTS - 2)
        part = place - index
        low, low_rise, gap, gap_rise = self.rows[index]
        return low + low_rise * part + (gap + gap_rise * part) * hysteresis

    def slope_and_gap(self, charge_mAh_g: float, hysteresis: float) -> tuple[float, float]:
        """Return the steepness in V per mAh/g, unsigned, and how far apart the branches are in V, at one point."""
        place = (charge_mAh_g - _LOW_mAh_g) * _PER_mAh_g
        _, low_rise, gap, gap_rise = self.rows[min(max(int(place), 0), _POINTS - 2)]
        return abs(low_rise + gap_rise * hysteresis) * _PER_mAh_g, gap

    def place_of(
        self, voltage_V: float, charge_mAh_g: float, between: tuple[float, float], rise_V: float
    ) -> tuple[float, float]:
        """Charge and hysteresis at a voltage: this charge, as far as a hysteresis ``between`` these two allows it.

        ``rise_V`` is how far above the grid the lithiation branch still lies.
        """
        nearest = min(max(self._hysteresis_at(voltage_V, charge_mAh_g, rise_V), min(between)), max(between))
        low, _, gap, _ = self.columns
        falling_V = low + gap * nearest + rise_V * (1 - nearest)
        found = _LOW_mAh_g + float(np.interp(-voltage_V, -falling_V, np.arange(_POINTS - 1))) / _PER_mAh_g
        return found, min(max(self._hysteresis_at(voltage_V, found, rise_V), 0.0), 1.0)

    def _hysteresis_at(self, voltage_V: float, charge_mAh_g: float, rise_V: float) -> float:
        low_V, high_V = self.voltage_at_V(charge_mAh_g, 0.0) + rise_V, self.voltage_at_V(charge_mAh_g, 1.0)
        return (voltage_V - low_V) / (high_V - low_V) if high_V != low_V else 1.0


@lru_cache(maxsize=16)
def open_circuit(material: Material) -> OpenCircuit:
    """Branches of a material.

    The lithiation branch is inferred: monotone through (knot_k, 0.01 V + polarisation at current k), so that lithiation
    at that current reaches the cut-off where the paper's ladder says. The delithiation branch is assumed.
    """
    charge = np.linspace(_LOW_mAh_g, _HIGH_mAh_g, _POINTS)
    polarisation = kinetics(material, 1.0, 25.0, 1.0)
    density_A_cm2 = np.array(material.ladder_current_A_g) * material.reference_loading_mg_cm2 * 1e-3
    knot_V = _CUT_OFF_V + np.array([polarisation.overpotential_V(j) for j in density_A_cm2])
    order = np.argsort(material.ladder_knot_mAh_g)
    knot, knot_V = np.array(material.ladder_knot_mAh_g)[order], knot_V[order]
    # between the last knot and full delithiation nothing is measured: a smooth rise
    start = (_LOW_mAh_g, min(0.0, knot[0] - 100))
    start_V = (1.6, max(0.42, knot_V[0] + 0.20))
    end, end_V = (knot[-1] + 60, _HIGH_mAh_g), (0.004, -1.2)
    lithiation = PchipInterpolator(np.r_[start, knot, end], np.r_[start_V, knot_V, end_V])(charge)
    delithiation = PchipInterpolator(material.delithiation_charge_mAh_g, material.delithiation_voltage_V)(charge)
    gap = delithiation - lithiation
    rises = np.diff(lithiation), np.diff(gap)
    columns = (lithiation[:-1], rises[0], gap[:-1], rises[1])
    return OpenCircuit(columns, np.column_stack(columns).tolist())
