"""At which ticks of a step a row is written: every so much time or so much change since the last row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LastRow", "Quantity", "RecordRule", "record_ticks"]

_BLOCK = 2048
_GRID = 257
_MOST_CHANGES = 64
"""In one block, so that the grid resolves each of them."""
_FAR = 1 << 40
"""Ticks: longer than anything is followed that neither changes nor ends."""

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
    if rule.change is None:
        yield from _by_time(rule.interval, end, before.tick if before else 0)
        return
    last, value = (before.tick, before.value) if before else (0, float(quantity(np.zeros(1))[0]))
    while last < end:
        block = _quiet(rule.interval, rule.change, quantity, last, value, end)
        if not len(block):
            block = _changes(rule.interval, rule.change, quantity, last, value, end)
        if not len(block):
            return
        yield block
        last = int(block[-1])
        value = float(quantity(block[-1:].astype(np.float64))[0])


def _by_time(interval: int | None, end: float, last: int) -> Iterator[Ticks]:
    while interval is not None:
        block = last + interval * np.arange(1, _BLOCK + 1, dtype=np.int64)
        block = block[block <= end]
        if not len(block):
            return
        yield block
        last = int(block[-1])


def _quiet(interval: int | None, change: float, quantity: Quantity, last: int, value: float, end: float) -> Ticks:
    """Rows by time alone, up to where the change between two of them is too large."""
    if interval is None:
        return np.empty(0, np.int64)
    block = last + interval * np.arange(1, _BLOCK + 1, dtype=np.int64)
    block = block[block <= end]
    if not len(block):
        return block
    large = np.abs(np.diff(quantity(block.astype(np.float64)), prepend=value)) >= change
    return block[: int(large.argmax())] if large.any() else block


def _changes(interval: int | None, change: float, quantity: Quantity, last: int, value: float, end: float) -> Ticks:
    """Rows by change alone, within the next interval; without one, up to where there are any."""
    start = max(last, 0)
    window = int(min(_GRID if interval is None else last + interval - start, end - start))
    while True:
        grid = np.linspace(start, start + window, _GRID)
        way = np.cumsum(np.abs(np.diff(quantity(grid), prepend=value)))
        count = math.floor(way[-1] / change + 1e-9)
        if count > _MOST_CHANGES and window > _GRID:
            window = max(_GRID, window * _MOST_CHANGES // count)
        elif count or interval is not None or start + window >= min(end, _FAR):
            at = np.interp(change * np.arange(1, count + 1), way, grid)
            return np.unique(np.maximum(np.ceil(at - 1e-6).astype(np.int64), start + 1))
        else:
            window = int(min(4 * window, min(end, _FAR) - start))
