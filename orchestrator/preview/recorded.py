"""How many records an instrument would write of a step that has been sampled."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from orchestrator.preview.model_cell import Array
from protocols.program import Record

__all__ = ["recorded"]

_TICKS_per_s = 10
"""A NEWARE channel looks ten times a second: where a voltage runs steeply, several changes make one record."""


def recorded(rule: Record, elapsed_s: Array, voltage_V: Array, current_A: Array) -> int:
    """First and last record, the interval's, and one for each change of voltage or current; one a tick at most."""
    last = math.ceil(float(elapsed_s[-1]) * _TICKS_per_s - 1e-6)
    ticks = [np.array([0, last], dtype=np.int64)]
    if rule.interval_s:
        interval = max(1, round(rule.interval_s * _TICKS_per_s))
        ticks.append(np.arange(interval, last, interval, dtype=np.int64))
    for change, course in ((rule.voltage_change_V, voltage_V), (rule.current_change_A, current_A)):
        if change:
            ticks.append(_changes(elapsed_s, course, change))
    return len(np.unique(np.concatenate(ticks)))


def _changes(elapsed_s: Array, course: Array, change: float) -> npt.NDArray[np.int64]:
    """Ticks at which a course has moved once more by so much, up or down."""
    moved = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(course)))))
    levels = change * np.arange(1, math.floor(float(moved[-1]) / change + 1e-9) + 1)
    reached_s = np.interp(levels, moved, elapsed_s)
    return np.asarray(np.ceil(reached_s * _TICKS_per_s - 1e-6), dtype=np.int64)
