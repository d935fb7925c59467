"""Up to three tests on potential and current, each joined to the next by AND or OR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.parameter_set import ParameterSet

__all__ = ["ExitCondition", "LimitTests", "first_true_s"]

_POINTS, _PASSES = 128, 5

Condition = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


class ExitCondition(IntEnum):
    """What follows on a limit."""

    NEXT_STEP = 0
    NEXT_TECHNIQUE = 1
    STOP = 2


@dataclass(frozen=True, slots=True)
class _Test:
    variable: int
    """0 Ewe, 1 AUX1, 2 AUX2, 3 I."""
    at_least: bool
    joined_by_and: bool
    """To the next test."""
    value: float

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        return values >= self.value if self.at_least else values <= self.value


@dataclass(frozen=True, slots=True)
class LimitTests:
    """The active tests of one step: (T1 op T2) op T3."""

    tests: tuple[_Test, ...]
    on_limit: ExitCondition = ExitCondition.STOP

    @classmethod
    def of(cls, parameters: ParameterSet, step: int) -> LimitTests:
        """Read those of a step; none where the technique has no tests."""
        if not parameters.has("Exit_Cond"):
            return cls(())
        tests = []
        for number in (1, 2, 3):
            config = parameters.whole(f"Test{number}_Config", step)
            if config & 1:
                value = parameters.number(f"Test{number}_Value", step)
                tests.append(_Test(config >> 5, bool(config >> 2 & 7), bool(config & 2), value))
        return cls(tuple(tests), ExitCondition(parameters.whole("Exit_Cond", step)))

    def hold(self, ewe_V: NDArray[np.float64], current_A: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the step is to end, value by value. Auxiliary inputs are not connected: they read zero."""
        read = {0: ewe_V, 3: current_A}
        result = np.zeros(ewe_V.shape, np.bool_)
        by_and = False
        for test in self.tests:
            holds = test.holds(read.get(test.variable, np.zeros(ewe_V.shape)))
            result = result & holds if by_and else result | holds
            by_and = test.joined_by_and
        return result


def first_true_s(condition: Condition, first_s: float, horizon_s: float) -> float | None:
    """First instant at which a condition holds, from the first to the horizon; None when never.

    Found by narrowing the bracket around the first of some points at which it holds: whatever is true only between
    two of them is not seen.
    """
    if horizon_s < first_s:
        return None
    grid = np.unique(
        np.concatenate((np.geomspace(first_s, horizon_s, _POINTS), np.linspace(first_s, horizon_s, _POINTS)))
    )
    for _ in range(_PASSES):
        true = condition(grid)
        index = int(true.argmax())
        if not true[index]:
            return None
        if index == 0:
            return float(grid[0])
        low, high = float(grid[index - 1]), float(grid[index])
        grid = np.linspace(low, high, _POINTS)
    return high
