"""The temperature of a cell inside a chamber: it follows the air with a time constant of its own."""

from __future__ import annotations

import math
from array import array

import numpy as np
from numpy.typing import NDArray

from simulators.cell.warmth import WarmthChange
from simulators.chamber.chamber import VirtualChamber
from simulators.chamber.history import ROW_s

__all__ = ["CellWarmth"]

_STEP_K = 0.25
"""A change that is felt at once."""
_TRACE_K = 0.01
_TRACE_ROWS = 60
"""A small change is felt at the next of these rows, every ten minutes."""
_KNOWN_AFTER_s = 1e-3
"""A row counts from so long after it, so that nobody's clock slack sees it before it is there."""


class CellWarmth:
    """First-order lag behind the air, exact for air that goes straight from one row to the next."""

    def __init__(self, chamber: VirtualChamber, time_constant_s: float, temperature_degC: float) -> None:
        chamber.advance()
        self._chamber = chamber
        self._first_row = len(chamber.history) - 1
        self._degC = array("d", [temperature_degC])
        across = ROW_s / time_constant_s
        self._kept = math.exp(-across)
        self._of_slope = 1 - (1 - self._kept) / across

    def at_degC(self, unix_s: float) -> float:
        """Temperature at an instant that is not in the future, known every ten seconds."""
        self._extend()
        return self._degC[min(max(0, self._row(unix_s)), len(self._degC) - 1)]

    def degC(self, unix_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Likewise at many instants."""
        self._extend()
        rows = np.floor((unix_s - self._chamber.begin_unix_s - _KNOWN_AFTER_s) / ROW_s).astype(np.int64)
        known = np.frombuffer(self._degC, np.float64)
        return np.array(known[np.clip(rows - self._first_row, 0, len(known) - 1)])

    def next_change(self, felt_degC: float, after_unix_s: float, until_unix_s: float) -> WarmthChange | None:
        """First in (after, until] that differs enough from what is felt; None where there is none."""
        self._extend()
        first = max(0, self._row(after_unix_s) + 1)
        last = min(self._row(until_unix_s), len(self._degC) - 1)
        if last < first:
            return None
        off_K = np.abs(np.frombuffer(self._degC, np.float64)[first : last + 1] - felt_degC)
        rows = np.arange(first, last + 1) + self._first_row
        found = np.flatnonzero((off_K >= _STEP_K) | ((off_K >= _TRACE_K) & (rows % _TRACE_ROWS == 0)))
        if not len(found):
            return None
        row = int(rows[found[0]])
        return WarmthChange(self._chamber.begin_unix_s + ROW_s * row, self._degC[row - self._first_row])

    def _row(self, unix_s: float) -> int:
        return math.floor((unix_s - self._chamber.begin_unix_s - _KNOWN_AFTER_s) / ROW_s) - self._first_row

    def _extend(self) -> None:
        self._chamber.advance()
        air_degC = self._chamber.history.air_degC
        row = self._first_row + len(self._degC) - 1
        now_degC, kept, of_slope = self._degC[-1], self._kept, self._of_slope
        while row < len(air_degC) - 1:
            before, after = air_degC[row], air_degC[row + 1]
            now_degC = before + kept * (now_degC - before) + of_slope * (after - before)
            self._degC.append(now_degC)
            row += 1
