"""At which ticks of a step a row is written: every so much time or so much change since the last row."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LastRow", "Quantity", "RecordRule", "record_ticks"]

_BLOCK = 2048
"""Most rows by time in one block."""
_GRID = 257
"""Instants of a window at which a quantity is looked at; never more than one a tick."""
_SEEN = 0.25
"""Of a change: more may not pass between two of these instants, so that the straight line between them will do."""
_GROWTH = 16
"""Most by which a window is longer than the one before."""
_FAR = 1 << 40
"""Ticks: longer than anything is followed that neither changes nor ends."""

_ALMOST = 1e-9
"""Of a change: what rounding may have taken from it."""

Quantity = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""What is watched for change, at rising ticks since the step's start."""
Ticks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LastRow:
    """The last row before a step was computed anew: its tick, relative to the new start, and what was watched."""

    tick: int
    value: float


@dataclass(frozen=True, slots=True)
class RecordRule:
    """Ticks and change between two rows; None where a criterion is off.

    # unconfirmed on hardware: that a value of zero turns a criterion off
    """

    interval: int | None
    change: float | None


def record_ticks(rule: RecordRule, quantity: Quantity, end: float, before: LastRow | None = None) -> Iterator[Ticks]:
    """Blocks of ticks since the step's start, rising, up to its end; the start itself has no row.

    Where the step goes on after ``before``, so do its rows.
    Blocks depend on the step only, not on when anybody looks. Where a quantity turns around between two rows, the way
    that it went counts.
    """
    last = before.tick if before else 0
    if rule.change is None:
        yield from _by_time(rule.interval, end, last)
        return
    gone = abs(float(quantity(np.zeros(1))[0]) - before.value) if before else 0.0
    start, window = 0, float(_GRID)
    longest = float(_FAR if rule.interval is None else _BLOCK * rule.interval)
    while start < end and (rule.interval is not None or start < _FAR):
        length = int(min(window, longest, end - start))
        grid = np.linspace(start, start + length, _GRID)
        rises = np.abs(np.diff(quantity(grid)))
        steepest = max(float(rises.max()), _SEEN * rule.change / _GROWTH)
        if length > _GRID and steepest > _SEEN * rule.change:
            window = max(_GRID, length / 4)
            continue
        path = _Path(grid, gone + np.concatenate(((0.0,), np.cumsum(rises))))
        block, gone = path.rows(rule.interval, rule.change, last)
        if block:
            yield np.array(block, np.int64)
            last = block[-1]
        start += length
        window = max(_GRID, length * _SEEN * rule.change / steepest)


def _by_time(interval: int | None, end: float, last: int) -> Iterator[Ticks]:
    while interval is not None:
        block = last + interval * np.arange(1, _BLOCK + 1, dtype=np.int64)
        block = block[block <= end]
        if not len(block):
            return
        yield block
        last = int(block[-1])


class _Path:
    """How far a quantity has gone since the last row, at each instant of a window."""

    def __init__(self, grid: NDArray[np.float64], gone: NDArray[np.float64]) -> None:
        self._grid, self._gone = grid, gone
        self._start, self._end = int(grid[0]), int(grid[-1])
        self._gone_listed: list[float] = gone.tolist()  # faster than an array, one look at a time
        self._pitch = (self._end - self._start) / (len(grid) - 1)

    def rows(self, interval: int | None, change: float, last: int) -> tuple[list[int], float]:
        """Ticks of the rows within the window, after ``last``, and how far the quantity has gone since."""
        by_time = self._by_time_alone(interval, change, last)
        if by_time is not None:
            return by_time
        rows: list[int] = []
        level = 0.0
        while True:
            by_change = self._reached(level + change)
            due = math.inf if interval is None else last + interval
            tick = max(min(by_change, due), last + 1, self._start + 1)
            if tick > self._end:
                return rows, self._gone_listed[-1] - level
            last = int(tick)
            rows.append(last)
            gone = self._at(last)
            # a change is counted from where it was reached, not from the whole tick after it
            level = level + change * math.floor((gone - level) / change + _ALMOST) if by_change <= due else gone

    def _by_time_alone(self, interval: int | None, change: float, last: int) -> tuple[list[int], float] | None:
        """Return the same where no change between two rows is large enough, else None."""
        if interval is None:
            return ([], self._gone_listed[-1]) if self._gone_listed[-1] < change else None
        rows = np.arange(last + interval, self._end + 1, interval)
        marks = np.concatenate(((0.0,), np.interp(rows, self._grid, self._gone), (self._gone_listed[-1],)))
        if np.diff(marks).max() >= change * (1 - _ALMOST):
            return None
        return rows.tolist(), float(marks[-1] - marks[-2])

    def _reached(self, level: float) -> float:
        """First tick at which the quantity has gone so far; infinite where it does not in this window."""
        wanted = level * (1 - _ALMOST)
        at = bisect_left(self._gone_listed, wanted)
        if at == len(self._gone_listed):
            return math.inf
        if at == 0:
            return self._start
        before, after = self._gone_listed[at - 1], self._gone_listed[at]
        part = (level - before) / (after - before)
        return math.ceil(self._start + (at - 1 + part) * self._pitch - 1e-6)

    def _at(self, tick: int) -> float:
        place = (tick - self._start) / self._pitch
        index = min(int(place), len(self._gone_listed) - 2)
        before, after = self._gone_listed[index], self._gone_listed[index + 1]
        return before + (after - before) * (place - index)
