"""A test object whose voltage and current the channel reads wrongly, and acts upon what it reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulators.cell import CellState, Response
from simulators.faults.misreading import Misreading
from simulators.neware.open_clips import HeldObject, TestObject

__all__ = ["MisreadObject"]


class MisreadObject:
    """Currents flow as they were set, and a voltage is held where it *reads* as set. Charge is counted rightly."""

    def __init__(self, inner: TestObject, voltage: Misreading, current: Misreading) -> None:
        self._inner, self._voltage, self._current = inner, voltage, current

    @property
    def state(self) -> CellState:
        """The object's own."""
        return self._inner.state

    @state.setter
    def state(self, state: CellState) -> None:
        self._inner.state = state

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Answer to a constant current, as it is read."""
        return self._read(self._inner.under_current(state, current_A, elapsed_s))

    def advance(self, state: CellState, current_A: float, duration_s: float) -> CellState:
        """Return the state after a constant current."""
        return self._inner.advance(state, current_A, duration_s)

    def hold(
        self, state: CellState, voltage_V: float, current_max_A: float, direction: Literal["charge", "discharge"]
    ) -> HeldObject:
        """Hold a voltage as it is read."""
        held = self._inner.hold(state, self._voltage.true_value(voltage_V), current_max_A, direction)
        return _MisreadHold(held, self)

    def time_to_voltage(
        self, state: CellState, current_A: float, voltage_V: float, horizon_s: float, rising: bool | None = None
    ) -> float | None:
        """Seconds until a limit is read."""
        upward = current_A > 0 if rising is None else rising
        return self._inner.time_to_voltage(state, current_A, self._voltage.true_value(voltage_V), horizon_s, upward)

    def _read(self, true: Response) -> Response:
        return replace(
            true, voltage_V=self._voltage.reading(true.voltage_V), current_A=self._current.reading(true.current_A)
        )

    def _true_magnitude_A(self, reading_A: float) -> float:
        """Largest current in either direction that reads as no more than this."""
        return (reading_A - abs(self._current.offset)) / abs(self._current.scale)


class _MisreadHold:
    def __init__(self, held: HeldObject, seen: MisreadObject) -> None:
        self._held, self._seen = held, seen

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """What is read."""
        return self._seen._read(self._held.response(elapsed_s))  # noqa: SLF001 - one thing in two classes

    def time_to_current_s(self, current_A: float, horizon_s: float) -> float | None:
        """Seconds until the reading is certainly no larger; never below what is read at no current."""
        true_A = self._seen._true_magnitude_A(current_A)  # noqa: SLF001
        return self._held.time_to_current_s(true_A, horizon_s) if true_A >= 0 else None

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:
        """Seconds until so much charge has passed."""
        return self._held.time_to_charge_s(charge_Ah, horizon_s)
