"""A cell as a channel sees it: every voltage and current is a reading, with its meters' offset and gain."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from simulators.cell import CellState, Response
from simulators.cell.accuracy import Meter
from simulators.neware.open_clips import HeldObject, TestObject

__all__ = ["MeteredCell"]

_CLOSE_ENOUGH_Ah = 1e-12


class MeteredCell:
    """Drives a cell so that the *readings* are what the channel asked for, and answers in readings.

    States are the cell's own. Without a current asked for the circuit is open: no current flows, and zero is read.
    """

    def __init__(self, cell: TestObject, voltage: Meter, current: Meter) -> None:
        self._cell = cell
        self._voltage, self._current = voltage, current

    @property
    def state(self) -> CellState:
        """The cell's."""
        return self._cell.state

    @state.setter
    def state(self, state: CellState) -> None:
        self._cell.state = state

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Answer to a current that reads as constant, or with zero to rest."""
        true = self._cell.under_current(state, self._true_A(current_A), elapsed_s)
        return Response(
            elapsed_s=elapsed_s,
            voltage_V=self._voltage.reading(true.voltage_V),
            current_A=np.full(elapsed_s.shape, current_A),
            charge_Ah=elapsed_s * (current_A / 3600),
            state_at=true.state_at,
        )

    def advance(self, state: CellState, current_A: float, duration_s: float) -> CellState:
        """Return the state after a current that reads as constant, or with zero after a rest."""
        return self._cell.advance(state, self._true_A(current_A), duration_s)

    def hold(
        self, state: CellState, voltage_V: float, current_max_A: float, direction: Literal["charge", "discharge"]
    ) -> HeldObject:
        """Hold a voltage reading from now on; current flows one way only, and its reading never exceeds the maximum."""
        sign = 1 if direction == "charge" else -1
        true_max_A = max(0.0, sign * self._true_A(sign * current_max_A))  # a maximum below the offset lets none flow
        held = self._cell.hold(state, self._voltage.true_value(voltage_V), true_max_A, direction)
        return _MeteredHold(held, self._voltage, self._current, sign)

    def time_to_voltage(
        self, state: CellState, current_A: float, voltage_V: float, horizon_s: float, rising: bool | None = None
    ) -> float | None:
        """Seconds until the reading is at or beyond a limit; by default the sign of the current's reading decides."""
        upward = current_A > 0 if rising is None else rising
        limit_V = self._voltage.true_value(voltage_V)
        return self._cell.time_to_voltage(state, self._true_A(current_A), limit_V, horizon_s, upward)

    def _true_A(self, current_A: float) -> float:
        return self._current.true_value(current_A) if current_A else 0.0


class _MeteredHold:
    """A held voltage in readings; ``sign`` is that of the direction in which current flows."""

    def __init__(self, held: HeldObject, voltage: Meter, current: Meter, sign: int) -> None:
        self._held = held
        self._voltage, self._current = voltage, current
        self._sign = sign
        self._ahead_A = sign * current.offset
        """What the current's meter shows too much in the direction of the step."""

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Voltage, current and charge as read; the charge counter adds up the current's readings, offset and all."""
        true = self._held.response(elapsed_s)
        return Response(
            elapsed_s=elapsed_s,
            voltage_V=self._voltage.reading(true.voltage_V),
            current_A=self._current.reading(true.current_A),
            charge_Ah=true.charge_Ah * self._current.gain + self._current.offset / 3600 * elapsed_s,
            state_at=true.state_at,
        )

    def time_to_current_s(self, current_A: float, horizon_s: float) -> float | None:
        """Seconds until the reading has decayed to this magnitude; never to one below what is read at no current."""
        true_A = (current_A - self._ahead_A) / self._current.gain
        return self._held.time_to_current_s(true_A, horizon_s) if true_A >= 0 else None

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:
        """Seconds until the counter shows so much; it counts up only while the reading has the step's direction."""
        if charge_Ah <= 0:
            return 0.0
        up_to_s = self._latest_s(charge_Ah, horizon_s)
        missing_Ah = self._missing_Ah(up_to_s, charge_Ah)
        if missing_Ah >= 0:
            return up_to_s if missing_Ah < _CLOSE_ENOUGH_Ah else None
        return float(brentq(self._missing_Ah, 0.0, up_to_s, args=(charge_Ah,)))

    def _latest_s(self, charge_Ah: float, horizon_s: float) -> float:
        """Return an instant up to which the counter only rises, and at which it shows the charge if it ever does."""
        if self._ahead_A < 0:
            latest_s = self.time_to_current_s(0.0, horizon_s)
        else:
            latest_s = self._held.time_to_charge_s(charge_Ah / self._current.gain, horizon_s)
        return horizon_s if latest_s is None else latest_s

    def _missing_Ah(self, elapsed_s: float, charge_Ah: float) -> float:
        return charge_Ah - self._sign * float(self.response(np.array([elapsed_s])).charge_Ah[0])
