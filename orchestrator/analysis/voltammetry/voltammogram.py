"""One whole cycle per scan rate, on a grid of potentials that all rates share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.ranges import spoken
from orchestrator.analysis.voltammetry.sweep import Sweep, SweepDirection

__all__ = ["DIRECTIONS", "Voltammogram", "choose_cycle", "common_grid", "mean_current_A", "whole_cycles"]

DIRECTIONS: tuple[SweepDirection, SweepDirection] = ("anodic", "cathodic")
_SAME_RATE = 0.03
_WHOLE = 0.95
"""Of the widest sweep of the run; what is narrower came from open circuit or was cut off."""
_GRID_V = 0.005
_FEWEST_BINS = 2

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Voltammogram:
    """Both sweeps of one cycle."""

    anodic: Sweep
    cathodic: Sweep
    number: int
    """Which of the rate's whole cycles this is, from 1."""
    of: int
    """How many whole cycles the rate has."""

    @property
    def rate_V_s(self) -> float:
        """Mean of both sweeps' own rates."""
        return (self.anodic.rate_V_s + self.cathodic.rate_V_s) / 2

    @property
    def rate_text(self) -> str:
        """As people write it: ``0.5 mV/s``."""
        return f"{1e3 * self.rate_V_s:.3g} mV/s"

    def at_most(self, rate_mV_s: float) -> bool:
        """Whether the scan rate is no higher, within what tells scan rates apart."""
        return 1e3 * self.rate_V_s <= rate_mV_s * (1 + _SAME_RATE)

    def scaled(self, factor: float) -> Voltammogram:
        """Return the same cycle with all currents times a factor."""
        anodic, cathodic = (replace(one, current_A=one.current_A * factor) for one in (self.anodic, self.cathodic))
        return replace(self, anodic=anodic, cathodic=cathodic)

    def sweep(self, direction: SweepDirection) -> Sweep:
        """Return one of the two sweeps."""
        return self.anodic if direction == "anodic" else self.cathodic


def whole_cycles(sweeps: Sequence[Sweep]) -> tuple[list[list[Voltammogram]], list[str]]:
    """Return the whole cycles of every scan rate, slowest rate first and in order of time, and warnings.

    Raises AnalysisError where no rate has one.
    """
    usable = [sweep for sweep in sweeps if not sweep.broken]
    warnings = [f"sweep in cycle {sweep.cycle} left out: {sweep.broken}" for sweep in sweeps if sweep.broken]
    widest_V = max((sweep.span_V for sweep in usable), default=0.0)
    narrow = [sweep.cycle for sweep in usable if sweep.span_V < _WHOLE * widest_V]
    if narrow:
        warnings.append(f"sweeps narrower than {widest_V:.3g} V left out, in {spoken(narrow)}")
    groups = []
    for same_rate in _by_rate([sweep for sweep in usable if sweep.span_V >= _WHOLE * widest_V]):
        pairs = _pairs(same_rate)
        cycles = [Voltammogram(*pair, number=n, of=len(pairs)) for n, pair in enumerate(pairs, start=1)]
        groups += [cycles] if cycles else []
    if not groups:
        raise AnalysisError(f"no scan rate has a whole cycle: {'; '.join(warnings) or 'no sweep both ways'}")
    return groups, warnings


def choose_cycle(groups: Sequence[Sequence[Voltammogram]], cycle: int | str) -> tuple[list[Voltammogram], list[str]]:
    """Return one voltammogram a scan rate, and warnings. ``cycle``: ``last``, or which of the rate's own, from 1.

    Raises AnalysisError for another word.
    """
    if cycle != "last" and not (isinstance(cycle, int) and cycle > 0):
        raise AnalysisError(f"cycle is {cycle!r}; it is last, or a number from 1")
    chosen, warnings = [], []
    for group in groups:
        number = len(group) if cycle == "last" else int(cycle)
        if number <= len(group):
            chosen.append(group[number - 1])
        else:
            warnings.append(f"{group[0].rate_text} left out: its whole cycles are {len(group)}")
    return chosen, warnings


def common_grid(voltammograms: Sequence[Voltammogram], direction: SweepDirection) -> Array:
    """Edges of bins of about 5 mV, from end to end of what every rate's sweep in this direction covers."""
    sweeps = [one.sweep(direction) for one in voltammograms]
    low = max(float(sweep.voltage_V.min()) for sweep in sweeps)
    high = min(float(sweep.voltage_V.max()) for sweep in sweeps)
    bins = round((high - low) / _GRID_V)
    if bins < _FEWEST_BINS:
        raise AnalysisError("the scan rates' windows do not overlap")
    return np.linspace(low, high, bins + 1)


def mean_current_A(sweep: Sweep, edges_V: Array) -> Array:
    """Mean current within each bin: the integral over the potential, so that noise averages and area is kept."""
    order = np.argsort(sweep.voltage_V, kind="stable")
    voltage_V, current_A = sweep.voltage_V[order], sweep.current_A[order]
    area = np.concatenate(([0.0], np.cumsum(np.diff(voltage_V) * (current_A[1:] + current_A[:-1]) / 2)))
    return np.asarray(np.diff(_area_at(voltage_V, current_A, area, edges_V)) / np.diff(edges_V))


def _area_at(voltage_V: Array, current_A: Array, area: Array, edges_V: Array) -> Array:
    """Integral up to each edge; the current is straight between records."""
    node = np.clip(np.searchsorted(voltage_V, edges_V, side="right") - 1, 0, len(voltage_V) - 2)
    at_edge_A = np.interp(edges_V, voltage_V, current_A)
    return np.asarray(area[node] + (edges_V - voltage_V[node]) * (current_A[node] + at_edge_A) / 2)


def _by_rate(sweeps: Sequence[Sweep]) -> list[list[Sweep]]:
    groups: list[list[Sweep]] = []
    for sweep in sweeps:
        for group in groups:
            if abs(sweep.rate_V_s / group[0].rate_V_s - 1) < _SAME_RATE:
                group.append(sweep)
                break
        else:
            groups.append([sweep])
    return sorted(groups, key=lambda group: group[0].rate_V_s)


def _pairs(sweeps: Sequence[Sweep]) -> list[tuple[Sweep, Sweep]]:
    """Neighbours of opposite direction, each sweep once: (anodic, cathodic)."""
    pairs: list[tuple[Sweep, Sweep]] = []
    waiting: Sweep | None = None
    for sweep in sweeps:
        if waiting is None or waiting.direction == sweep.direction:
            waiting = sweep
        else:
            pairs.append((sweep, waiting) if sweep.direction == "anodic" else (waiting, sweep))
            waiting = None
    return pairs
