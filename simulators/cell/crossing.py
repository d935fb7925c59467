"""When a voltage passes a limit: bracketing in a few vectorised passes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["first_crossing_s"]

_POINTS, _PASSES = 64, 5
_CLOSE_ENOUGH_s = 2.0
"""Bracket inside which a straight line is good to well under the instruments' 0.1 s."""
_UNIT = np.linspace(0.0, 1.0, _POINTS)


def first_crossing_s(
    voltage_V: Callable[[NDArray[np.float64]], NDArray[np.float64]], limit_V: float, rising: bool, horizon_s: float
) -> float | None:
    """First instant in 0..horizon at which the voltage is at or beyond the limit; None when it never is.

    0.0 when it already is at the start. Between the points of the first pass the voltage is taken to be monotone.
    """
    sign = 1.0 if rising else -1.0
    low, high = 0.0, horizon_s
    for _ in range(_PASSES):
        grid = low + _UNIT * (high - low)
        excess = sign * (voltage_V(grid) - limit_V)
        beyond = excess >= 0
        index = int(beyond.argmax())
        if not beyond[index]:
            return None
        if index == 0:
            return low
        low, high = float(grid[index - 1]), float(grid[index])
        before, after = float(excess[index - 1]), float(excess[index])
        if high - low <= _CLOSE_ENOUGH_s:
            break
    return low + (high - low) * before / (before - after)
