"""dQ/dV of one constant-current step, as charge per bin of voltage: its integral is the charge, whatever the noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

__all__ = ["DifferentialCapacity", "differential_capacity"]

_STANDSTILL_V = 1e-9
_NOTHING_BINS = 0.125
"""A narrower Gaussian does not reach the next bin."""
_CHUNK = 2000
"""Record pairs at a time: memory is this times the number of bins."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DifferentialCapacity:
    """On bins of one width; dQ/dV is positive in both directions where the voltage follows the current."""

    voltage_V: Array
    """Middles of the bins."""
    dq_dv_Ah_V: Array
    bin_V: float

    @property
    def capacity_Ah(self) -> float:
        """Charge of the step: the integral."""
        return float(self.dq_dv_Ah_V.sum() * self.bin_V)

    def peaks(self, smallest: float) -> list[tuple[float, float]]:
        """Voltage and height of the peaks whose prominence is this part of the largest dQ/dV, highest first.

        What rises up to an end of the window is no peak.
        """
        tops, _ = find_peaks(self.dq_dv_Ah_V, prominence=smallest * float(self.dq_dv_Ah_V.max()))
        found = [(float(self.voltage_V[top]), float(self.dq_dv_Ah_V[top])) for top in tops]
        return sorted(found, key=lambda peak: -peak[1])


def differential_capacity(voltage_V: Array, charge_Ah: Array, bin_V: float, smoothing_V: float) -> DifferentialCapacity:
    """Spread the charge that passes between records evenly over the voltages between them, and smooth it.

    ``charge_Ah`` rises with the records. Bins are adjusted to fill the window. Smoothing is a Gaussian of this standard
    deviation over voltage, reflected at both ends, so that no charge is lost; zero smooths nothing. Needs two records
    at different voltages.
    """
    low_V, high_V = float(voltage_V.min()), float(voltage_V.max())
    # whole bins from end to end: one that is half covered would look like a fall of dQ/dV
    edges_V = np.asarray(np.linspace(low_V, high_V, max(1, round((high_V - low_V) / bin_V)) + 1), np.float64)
    bin_V = float(edges_V[1] - edges_V[0])
    below = np.zeros(len(edges_V))
    for begin in range(0, len(voltage_V) - 1, _CHUNK):
        part = slice(begin, begin + _CHUNK + 1)
        below = below + _charge_below(voltage_V[part], np.diff(charge_Ah[part]), edges_V)
    density = np.diff(below) / bin_V
    if smoothing_V > _NOTHING_BINS * bin_V:
        density = gaussian_filter1d(density, smoothing_V / bin_V, mode="reflect")
    return DifferentialCapacity((edges_V[1:] + edges_V[:-1]) / 2, np.asarray(density), bin_V)


def _charge_below(voltage_V: Array, passed_Ah: Array, edges_V: Array) -> Array:
    """Charge that passed below each edge, between neighbours; at a standstill all of it passed at that voltage."""
    low, high = np.minimum(voltage_V[:-1], voltage_V[1:]), np.maximum(voltage_V[:-1], voltage_V[1:])
    width = np.maximum(high - low, _STANDSTILL_V)
    share = np.clip((edges_V[:, None] - low) / width, 0.0, 1.0)
    share[-1] = 1.0  # at a standstill at the very top, the highest edge still lies above
    return np.asarray(share @ passed_Ah)
