"""What the chamber was at every ten seconds of lab time: its ledger, and what the cells inside follow."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from simulators.chamber.controller import ControlState, Drive
from simulators.chamber.ticks import TICK_s

__all__ = ["ROW_TICKS", "ChamberHistory", "ROW_s"]

ROW_TICKS = 5
ROW_s = ROW_TICKS * TICK_s

_COLUMNS = ("load", "measured", "sensor_works", "target", "set_point", "output", "integral")
_STEADY_K = 1e-7
_STEADY_PERCENT = 1e-6


class ChamberHistory:
    """One row every ``ROW_s`` since the chamber was built, without noise; row 0 is its beginning."""

    def __init__(self) -> None:
        self.air_degC = array("d")
        self._columns = {name: array("d") for name in _COLUMNS}

    def __len__(self) -> int:
        return len(self.air_degC)

    def enter(self, state: ControlState, drive: Drive) -> bool:
        """Enter a row; returns whether nothing moves any more since the row before."""
        settled = bool(self.air_degC) and self._equals_last(state, drive)
        sensor_works = float(drive.measured_degC is None)
        values = (
            state.load_degC,
            state.measured_degC,
            sensor_works,
            drive.target_degC,
            state.set_point_degC,
            state.output_percent,
            state.integral_percent,
        )
        self.air_degC.append(state.air_degC)
        for column, value in zip(self._columns.values(), values, strict=True):
            column.append(value)
        return settled

    def repeat(self, rows: int) -> None:
        """Enter the last row so many times more."""
        for column in (self.air_degC, *self._columns.values()):
            column.extend(array("d", column[-1:]) * rows)

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """All rows, by name."""
        return {"air": np.array(self.air_degC)} | {name: np.array(column) for name, column in self._columns.items()}

    def _equals_last(self, state: ControlState, drive: Drive) -> bool:
        last = self._columns
        return (
            abs(self.air_degC[-1] - state.air_degC) < _STEADY_K
            and abs(last["load"][-1] - state.load_degC) < _STEADY_K
            and abs(last["integral"][-1] - state.integral_percent) < _STEADY_PERCENT
            and last["target"][-1] == drive.target_degC == state.set_point_degC == last["set_point"][-1]
        )
