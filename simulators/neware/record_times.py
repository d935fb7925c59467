"""At which instants of a step a record is written."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.neware.step_end import TICK_ms
from simulators.neware.step_program import RecordRule

__all__ = ["change_times_s", "record_times_ms"]


def record_times_ms(
    rule: RecordRule,
    begin_ms: int,
    end_ms: int,
    voltage_changes_s: NDArray[np.float64],
    current_changes_s: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Milliseconds since the start of the step: its start, its end, the interval's grid, and every change.

    As in a real recording the grid is counted from the step's start, whatever other records come between. The course
    begins at ``begin_ms`` (0, or where a pause ended); changes are seconds from there and round up to the tick.
    """
    parts = [np.array([begin_ms, end_ms], np.int64)]
    if rule.interval_s is not None:
        interval_ms = max(1, round(rule.interval_s * 1000))
        first = (begin_ms // interval_ms + 1) * interval_ms
        parts.append(np.arange(first, end_ms, interval_ms, dtype=np.int64))
    for changes_s in (voltage_changes_s, current_changes_s):
        ticks = np.ceil(changes_s * (1000 / TICK_ms) - 1e-6).astype(np.int64) * TICK_ms + begin_ms
        parts.append(ticks[ticks < end_ms])
    times = np.concatenate(parts)
    times.sort()
    new = np.ones(len(times), np.bool_)
    new[1:] = times[1:] != times[:-1]
    return np.asarray(times[new], np.int64)


def change_times_s(
    elapsed_s: NDArray[np.float64], values: NDArray[np.float64], reference: float, change: float
) -> tuple[NDArray[np.float64], float]:
    """When a quantity has moved by ``change`` from the last such record, and what the reference is in the end.

    The first reference is the value at the step's start. The course is straight between the points given.
    """
    differences = np.diff(values)
    if bool((differences >= 0).all()) or bool((differences <= 0).all()):
        return _monotone(elapsed_s, values, reference, change)
    return _winding(elapsed_s, values, reference, change)


def _monotone(
    elapsed_s: NDArray[np.float64], values: NDArray[np.float64], reference: float, change: float
) -> tuple[NDArray[np.float64], float]:
    sign = 1.0 if values[-1] >= values[0] else -1.0
    count = math.floor(sign * (float(values[-1]) - reference) / change + 1e-9)
    if count < 1:
        return np.empty(0), reference
    levels = reference + sign * change * np.arange(1, count + 1)
    return np.interp(sign * levels, sign * values, elapsed_s), float(levels[-1])


def _winding(
    elapsed_s: NDArray[np.float64], values: NDArray[np.float64], reference: float, change: float
) -> tuple[NDArray[np.float64], float]:
    times: list[float] = []
    index = 0
    while True:
        moved = np.abs(values[index:] - reference) >= change
        if not moved.any():
            return np.array(times), reference
        index += int(moved.argmax())
        level = reference + math.copysign(change, values[index] - reference)
        if index == 0:
            times.append(float(elapsed_s[0]))
        else:
            low, high = float(values[index - 1]), float(values[index])
            part = min(1.0, max(0.0, (level - low) / (high - low))) if high != low else 1.0
            times.append(float(elapsed_s[index - 1] + part * (elapsed_s[index] - elapsed_s[index - 1])))
        reference = level
