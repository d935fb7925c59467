"""What a preview needs of a model of a cell; the composition root hands in one that has it.

States are the model's own: a preview only carries them from one answer to the next.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Course", "Held", "ModelCell", "Response", "State"]

Array = npt.NDArray[np.float64]
State = Any


class Response(Protocol):
    """Voltage, current and charge at the instants asked for."""

    @property
    def voltage_V(self) -> Array:
        """Voltage."""

    @property
    def current_A(self) -> Array:
        """Current, positive when charging."""

    @property
    def charge_Ah(self) -> Array:
        """Signed charge since the start."""


class Course(Protocol):
    """A sweep under way."""

    def response(self, elapsed_s: Array) -> Response:
        """Answer at these seconds from the start."""

    def state_at(self, elapsed_s: float) -> State:
        """State after so many seconds."""


class Held(Course, Protocol):
    """A held voltage under way."""

    def time_to_current_s(self, current_A: float, horizon_s: float) -> float | None:
        """Seconds until the current has decayed to this magnitude."""

    def time_to_charge_s(self, charge_Ah: float, horizon_s: float) -> float | None:
        """Seconds until so much charge has passed, unsigned."""


class ModelCell(Protocol):
    """A cell that answers at any instant from any state."""

    state: State
    temperature_degC: float

    def under_current(self, state: State, current_A: float, elapsed_s: Array) -> Response:
        """Answer to a constant current, or with zero to rest."""

    def advance(self, state: State, current_A: float, duration_s: float) -> State:
        """State after a constant current, or with zero after a rest."""

    def time_to_voltage(
        self, state: State, current_A: float, voltage_V: float, horizon_s: float, rising: bool | None = None
    ) -> float | None:
        """Seconds until the voltage is at or beyond a limit; None when not within the horizon."""

    def hold(
        self, state: State, voltage_V: float, current_max_A: float, direction: Literal["charge", "discharge"]
    ) -> Held:
        """Hold a voltage; current flows one way only."""

    def sweep(self, state: State, start_V: float, rate_V_s: float, current_max_A: float = ...) -> Held:
        """Hold a voltage with rate 0; current flows either way."""

    def voltammetry(self, state: State, start_V: float, rate_V_s: float, before_A: float = ...) -> Course:
        """Sweep the voltage."""

    def open_circuit_voltage(self, state: State) -> float:
        """Voltage at rest."""

    def impedance(self, state: State, frequency_Hz: Array) -> npt.NDArray[np.complex128]:
        """Impedance in Ohm."""
