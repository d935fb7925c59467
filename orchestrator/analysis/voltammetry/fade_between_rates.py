"""What the cell lost while one scan rate after the other was measured, seen in cycles repeated at the same rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from orchestrator.analysis.voltammetry.voltammogram import DIRECTIONS, Voltammogram

__all__ = ["current_left", "fade_warnings"]

_LOSS = 0.02
_WITHOUT_THE_FIRST = 3
"""Cycles at one rate, from which on two are left when the first is not looked at."""


def current_left(
    groups: Sequence[Sequence[Voltammogram]], chosen: Sequence[Voltammogram]
) -> npt.NDArray[np.float64] | None:
    """Return what is left of the current in each chosen cycle, relative to the chosen one that was measured first.

    The loss from one cycle to the next is read where both have the same scan rate, and interpolated between. A rate's
    first cycle comes from another rate and turns differently: where there are three or more, its step is no loss. None
    where no rate was repeated.
    """
    in_time = sorted((one for group in groups for one in group), key=_started_s)
    rate_of = {id(one): place for place, group in enumerate(groups) for one in group}
    between, loss = [], []
    for place in range(len(in_time) - 1):
        here, there = in_time[place], in_time[place + 1]
        if rate_of[id(here)] == rate_of[id(there)] and (here.number > 1 or here.of < _WITHOUT_THE_FIRST):
            between.append(place + 0.5)
            loss.append(np.log(_area(there) / _area(here)))
    if not between:
        return None
    steps = np.interp(np.arange(len(in_time) - 1) + 0.5, between, loss)
    left = dict(zip(map(id, in_time), np.concatenate(([0.0], np.cumsum(steps))), strict=True))
    logs = np.array([left[id(one)] for one in chosen])
    first = min(range(len(chosen)), key=lambda place: _started_s(chosen[place]))
    return np.asarray(np.exp(logs - logs[first]))


def fade_warnings(left: npt.NDArray[np.float64] | None, *, corrected: bool) -> list[str]:
    """Return what has to be said about it, one line each."""
    if left is None:
        return ["no scan rate was repeated: fade between scan rates cannot be taken off"] if corrected else []
    loss = 1 - float(left.min())
    if loss < _LOSS:
        return []
    told = f"the currents fell by {1e2 * loss:.1f} % while the scan rates were measured"
    return [f"{told}; this was taken off" if corrected else f"{told}, which lowers b and share; see correct_fade"]


def _area(one: Voltammogram) -> float:
    sweeps = (one.sweep(way) for way in DIRECTIONS)
    return sum(abs(float(np.trapezoid(sweep.current_A, sweep.voltage_V))) for sweep in sweeps)


def _started_s(one: Voltammogram) -> float:
    return min(one.sweep(way).started_s for way in DIRECTIONS)
