"""How voltage, current and charge go in one step: a constant current, a held voltage, or one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cell import CellState, Response
from simulators.neware.open_clips import HeldObject, TestObject
from simulators.neware.step_program import CHARGING, Step

__all__ = ["Course", "FOREVER_s", "course_of"]

FOREVER_s = 60 * 86400.0
"""Longer than any one step is followed."""


@dataclass(frozen=True)
class Course:
    """One step's course from its start, without an end: ends are found on it."""

    item: TestObject
    state: CellState
    current_A: float
    """Signed; of the constant-current phase, zero for rest."""
    turn_s: float
    """Where the constant current gives way to the held voltage; infinite when it never does."""
    held: HeldObject | None = None

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Voltage, current and charge at rising instants."""
        if self.held is None:
            return self.item.under_current(self.state, self.current_A, elapsed_s)
        if self.turn_s == 0:
            return self.held.response(elapsed_s)
        split = int(np.searchsorted(elapsed_s, self.turn_s, side="left"))
        first = self.item.under_current(self.state, self.current_A, elapsed_s[:split])
        second = self.held.response(elapsed_s[split:] - self.turn_s)
        before_Ah = self.current_A * self.turn_s / 3600
        return Response(
            elapsed_s=elapsed_s,
            voltage_V=np.concatenate((first.voltage_V, second.voltage_V)),
            current_A=np.concatenate((first.current_A, second.current_A)),
            charge_Ah=np.concatenate((first.charge_Ah, before_Ah + second.charge_Ah)),
            state_at=self.state_at,
        )

    def state_at(self, elapsed_s: float) -> CellState:
        """Return the test object's state after so many seconds of the step."""
        if self.held is None or elapsed_s < self.turn_s:
            return self.item.advance(self.state, self.current_A, elapsed_s)
        return self.held.response(np.empty(0)).state_at(elapsed_s - self.turn_s)

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:
        """Seconds until so much charge has passed, unsigned; None when not within the horizon."""
        rate_A = abs(self.current_A)
        constant_s = charge_Ah * 3600 / rate_A if rate_A else np.inf
        if constant_s <= self.turn_s or self.held is None:
            return constant_s if constant_s <= horizon_s else None
        rest_Ah = charge_Ah - (rate_A * self.turn_s / 3600 if self.turn_s else 0.0)
        found = self.held.time_to_charge_s(rest_Ah, horizon_s - self.turn_s)
        return None if found is None else self.turn_s + found


def course_of(step: Step, current_A: float, item: TestObject) -> Course:
    """Return the course of a step on a test object in its present state; ``current_A`` unsigned, already resolved."""
    state = item.state
    charging = step.kind in CHARGING
    signed_A = 0.0 if step.kind == "rest" else current_A if charging else -current_A
    if step.voltage_V is None or step.kind not in {"cv_charge", "cv_discharge", "cccv_charge", "cccv_discharge"}:
        return Course(item, state, signed_A, np.inf)
    turn_s: float | None = 0.0
    if step.kind in {"cccv_charge", "cccv_discharge"}:
        turn_s = item.time_to_voltage(state, signed_A, step.voltage_V, FOREVER_s)
    if turn_s is None:
        return Course(item, state, signed_A, np.inf)
    turned = item.advance(state, signed_A, turn_s) if turn_s else state
    held = item.hold(turned, step.voltage_V, current_A, "charge" if charging else "discharge")
    return Course(item, state, signed_A if turn_s else 0.0, turn_s, held)
