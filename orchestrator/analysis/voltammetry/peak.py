"""The peak of a sweep: where it is, how high it is, and above what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from orchestrator.analysis.voltammetry.sweep import Sweep
from orchestrator.analysis.voltammetry.voltammogram import mean_current_A

__all__ = ["Baseline", "Peak", "find_peak"]

Baseline = Literal["zero", "linear"]
"""``zero``: no current. ``linear``: the line between the feet of the peak on either side."""

_BIN_V = 0.002
_SMALLEST = 0.02
"""Prominence relative to the largest current of the sweep."""
_TOP_BINS = 6
"""On either side: what the parabola through the top sees, 12 mV."""
_NEAR_V = 0.1

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Peak:
    """Magnitude above the baseline."""

    voltage_V: float
    current_A: float
    baseline_A: float
    """Magnitude of the baseline below the peak; positive in the sweep's own direction."""


def find_peak(sweep: Sweep, baseline: Baseline, near_V: float | None = None) -> Peak | None:
    """Return the highest peak inside the window, or the highest within 0.1 V of ``near_V``; None where there is none.

    The top is a parabola through the points within 12 mV, so that noise does not lift it.
    """
    sign = 1.0 if sweep.direction == "anodic" else -1.0
    edges_V = np.arange(float(sweep.voltage_V.min()), float(sweep.voltage_V.max()), _BIN_V)
    voltage_V = (edges_V[1:] + edges_V[:-1]) / 2
    current_A = sign * mean_current_A(sweep, edges_V)
    tops, traits = find_peaks(current_A, prominence=_SMALLEST * float(np.abs(current_A).max()))
    candidates = [n for n in range(len(tops)) if near_V is None or abs(voltage_V[tops[n]] - near_V) <= _NEAR_V]
    if not candidates:
        return None
    best = max(candidates, key=lambda n: float(current_A[tops[n]]))
    peak_V, height_A = _top(voltage_V, current_A, int(tops[best]))
    if baseline == "zero":
        return Peak(peak_V, height_A, 0.0)
    feet = [int(traits["left_bases"][best]), int(traits["right_bases"][best])]
    below_A = float(np.interp(peak_V, voltage_V[feet], current_A[feet]))
    return Peak(peak_V, height_A - below_A, below_A)


def _top(voltage_V: Array, current_A: Array, top: int) -> tuple[float, float]:
    near = slice(max(0, top - _TOP_BINS), top + _TOP_BINS + 1)
    away_V = voltage_V[near] - voltage_V[top]
    bend, slope, height_A = np.polyfit(away_V, current_A[near], 2)
    if bend >= 0:
        return float(voltage_V[top]), float(current_A[top])
    furthest_V = _TOP_BINS * _BIN_V
    shift_V = float(np.clip(-slope / (2 * bend), -furthest_V, furthest_V))
    return float(voltage_V[top]) + shift_V, float(height_A + slope * shift_V + bend * shift_V**2)
