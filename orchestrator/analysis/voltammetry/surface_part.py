"""Splitting the current of several scan rates: i(E) = k1(E) v + k2(E) v^0.5.

The first part is stored at the surface, the second limited by diffusion (Wang et al., J. Phys. Chem. C 111 (2007)
14925; Zhang et al. 2024, Eq. 6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from orchestrator.analysis.voltammetry.sweep import SweepDirection
from orchestrator.analysis.voltammetry.voltammogram import DIRECTIONS, Voltammogram, common_grid, mean_current_A

__all__ = ["Split", "split_current"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Both parts on each direction's grid, and the share of the surface part over both sweeps of each rate."""

    rate_V_s: Array
    voltage_V: dict[SweepDirection, Array]
    current_A: dict[SweepDirection, Array]
    """(rates, potentials), as measured."""
    k1: dict[SweepDirection, Array]
    """A s/V; k1 v is a current."""
    k2: dict[SweepDirection, Array]
    """A (s/V)^0.5."""
    share: Array
    """Integral of |k1 v| over that of |i|, per rate."""
    share_error: Array | None
    """One standard deviation, by leaving out one rate after the other (jackknife); None with fewer than three rates."""
    r_squared: float
    wrong_sign: float
    """Part of the charge at the fastest rate where k1 points against the current."""

    def with_doubt_of(self, uncorrected: Split) -> Split:
        """Return it with half of what a correction has changed in its error: how right that was, nobody knows."""
        if self.share_error is None:
            return self
        changed = (self.share - uncorrected.share) / 2
        return replace(self, share_error=np.hypot(self.share_error, changed))


def split_current(voltammograms: Sequence[Voltammogram]) -> Split:
    """Least squares at every potential. Needs two rates; raises AnalysisError where their windows do not overlap."""
    rate = np.array([one.rate_V_s for one in voltammograms])
    edges = {way: common_grid(voltammograms, way) for way in DIRECTIONS}
    current = {
        way: np.array([mean_current_A(one.sweep(way), edges[way]) for one in voltammograms]) for way in DIRECTIONS
    }
    joined = np.hstack([current[way] for way in DIRECTIONS])
    parts = _parts(rate, joined)
    found = parts[0] * rate[:, None] + parts[1] * np.sqrt(rate)[:, None]
    scatter = float(np.sum((joined - joined.mean()) ** 2))
    fastest = joined[int(rate.argmax())]
    middle = len(edges["anodic"]) - 1
    return Split(
        rate_V_s=rate,
        voltage_V={way: (edges[way][1:] + edges[way][:-1]) / 2 for way in DIRECTIONS},
        current_A=current,
        k1={"anodic": parts[0, :middle], "cathodic": parts[0, middle:]},
        k2={"anodic": parts[1, :middle], "cathodic": parts[1, middle:]},
        share=_shares(parts[0], rate, joined),
        share_error=_jackknife(rate, joined),
        r_squared=1 - float(np.sum((joined - found) ** 2)) / scatter,
        wrong_sign=float(np.abs(fastest[parts[0] * fastest < 0]).sum() / np.abs(fastest).sum()),
    )


def _parts(rate: Array, current: Array) -> Array:
    """k1 and k2 at every potential: (2, potentials). Columns are scaled, as v is small."""
    columns = np.column_stack((rate, np.sqrt(rate)))
    scale = np.linalg.norm(columns, axis=0)
    return np.asarray(np.linalg.lstsq(columns / scale, current, rcond=None)[0] / scale[:, None])


def _shares(k1: Array, rate: Array, current: Array) -> Array:
    return np.asarray(np.abs(k1).sum() * rate / np.abs(current).sum(axis=1))


def _jackknife(rate: Array, current: Array) -> Array | None:
    count = len(rate)
    if count < 3:
        return None
    left_out = []
    for place in range(count):
        kept = np.arange(count) != place
        left_out.append(_shares(_parts(rate[kept], current[kept])[0], rate, current))
    spread = np.array(left_out) - np.mean(left_out, axis=0)
    return np.asarray(math.sqrt((count - 1) / count) * np.sqrt(np.sum(spread**2, axis=0)))
