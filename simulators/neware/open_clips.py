"""What a channel finds between its clips: a virtual cell, or nothing."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from simulators.cell import CellState, Response

__all__ = ["HeldObject", "OpenClips", "TestObject"]


class HeldObject(Protocol):
    """Something held at a voltage."""

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Tell what it answers at these seconds from the start."""

    def time_to_current_s(self, current_A: float, horizon_s: float) -> float | None:
        """Seconds until the current has decayed to this magnitude."""

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:
        """Seconds until so much charge has passed."""


class TestObject(Protocol):
    """What a channel can drive."""

    state: CellState

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Answer to a constant current, or with zero to rest."""

    def advance(self, state: CellState, current_A: float, duration_s: float) -> CellState:
        """Return the state after a constant current, or with zero after a rest."""

    def hold(
        self, state: CellState, voltage_V: float, current_max_A: float, direction: Literal["charge", "discharge"]
    ) -> HeldObject:
        """Hold a voltage from now on."""

    def time_to_voltage(
        self, state: CellState, current_A: float, voltage_V: float, horizon_s: float, rising: bool | None = None
    ) -> float | None:
        """Seconds until a voltage limit is reached."""


class OpenClips:
    """Nothing between the clips: no current flows, and a set current drives the voltage to the rail at once."""

    def __init__(self, rail_high_V: float, rail_low_V: float) -> None:
        self.state = CellState()
        self._rail_high_V = rail_high_V
        self._rail_low_V = rail_low_V

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Return the rail, or zero volts at rest."""
        return self._constant(self._voltage_V(current_A), elapsed_s, state)

    def advance(self, state: CellState, current_A: float, duration_s: float) -> CellState:  # noqa: ARG002
        """Clips remember nothing."""
        return state

    def hold(
        self,
        state: CellState,
        voltage_V: float,
        current_max_A: float,  # noqa: ARG002 - no current will flow
        direction: Literal["charge", "discharge"],  # noqa: ARG002
    ) -> HeldObject:
        """Return the output capacitor is at the voltage at once."""
        return _HeldClips(self._constant(voltage_V, np.zeros(1), state))

    def time_to_voltage(
        self,
        state: CellState,  # noqa: ARG002 - clips have none
        current_A: float,
        voltage_V: float,
        horizon_s: float,  # noqa: ARG002 - now or never
        rising: bool | None = None,
    ) -> float | None:
        """Now or never."""
        upward = current_A > 0 if rising is None else rising
        shown_V = self._voltage_V(current_A)
        return 0.0 if (shown_V >= voltage_V if upward else shown_V <= voltage_V) else None

    def _voltage_V(self, current_A: float) -> float:
        if current_A == 0:
            return 0.0
        return self._rail_high_V if current_A > 0 else self._rail_low_V

    @staticmethod
    def _constant(voltage_V: float, elapsed_s: NDArray[np.float64], state: CellState) -> Response:
        zero = np.zeros(elapsed_s.shape)
        return Response(elapsed_s, zero + voltage_V, zero, zero, lambda _: state)


class _HeldClips:
    def __init__(self, held: Response) -> None:
        self._held = held

    def response(self, elapsed_s: NDArray[np.float64]) -> Response:
        """Return the set voltage, no current."""
        zero = np.zeros(elapsed_s.shape)
        return Response(elapsed_s, zero + self._held.voltage_V[0], zero, zero, self._held.state_at)

    def time_to_current_s(self, current_A: float, horizon_s: float) -> float | None:  # noqa: ARG002
        """At once: no current flows."""
        return 0.0

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:  # noqa: ARG002
        """Never: no current flows."""
        return None
