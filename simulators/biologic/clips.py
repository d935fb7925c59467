"""What a channel finds between its leads: the one place where this instrument asks the virtual cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulators.cell import CellState, Response, VirtualCell
from simulators.faults.misreading import RIGHT

__all__ = ["Clips", "Course"]

_COMPLIANCE_V = 12.0
_OPEN_OHM = 1e10


@dataclass(frozen=True, slots=True)
class Course:
    """How potential, current and charge go from now on, at rising seconds from now, and where the cell is then."""

    response: Callable[[NDArray[np.float64]], Response]
    state_at: Callable[[float], CellState]


class Clips:
    """A cell, or open leads. ``state`` is the cell's state where the next course begins."""

    def __init__(self, cell: VirtualCell | None) -> None:
        self.cell = cell
        self.state = cell.state if cell else CellState()
        self.wrong_voltage, self.wrong_current = RIGHT, RIGHT
        """How what is measured is wrong. Currents flow as set; a potential is held where it reads as set."""
        self._current_A = 0.0
        """Where the course before ended: a sweep that turns begins with the current of the one before it."""

    def exchange(self, cell: VirtualCell | None) -> None:
        """Have another cell, or none; it is at rest."""
        if self.cell is not None:
            self.cell.state = self.state
        self.cell = cell
        self.state = cell.state if cell else CellState()
        self._current_A = 0.0

    def warm(self, temperature_degC: float) -> None:
        """Let the cell be so warm from now on."""
        if self.cell is not None:
            self.cell.temperature_degC = temperature_degC

    def rest(self) -> Course:
        """Open circuit."""
        return self.current(0.0)

    def current(self, current_A: float) -> Course:
        """Drive a constant current; open leads go to the compliance limit at once."""
        if self.cell is None:
            return self._open(float(np.sign(current_A)) * _COMPLIANCE_V, 0.0)
        driven = partial(self.cell.under_current, self.state, current_A)
        return Course(partial(self._read, driven), partial(self.cell.advance, self.state, current_A))

    def sweep(self, start_V: float, rate_V_s: float, current_limit_A: float) -> Course:
        """Move the potential at a rate, or hold it with rate 0; the current flows either way.

        A held potential keeps to the current limit; a sweep is the cell's voltammetry, which knows none.
        """
        true_V, true_rate_V_s = self.wrong_voltage.true_value(start_V), rate_V_s / self.wrong_voltage.scale
        if self.cell is None:
            return self._open(true_V, true_rate_V_s)
        if rate_V_s:
            sweep = self.cell.voltammetry(self.state, true_V, true_rate_V_s, self._current_A)
            return Course(partial(self._read, sweep.response), sweep.state_at)
        held = self.cell.sweep(self.state, true_V, 0.0, current_limit_A)
        return Course(partial(self._read, held.response), held.state_at)

    def leave(self, course: Course, elapsed_s: float) -> Response:
        """End a course here; returns what is measured at its end. Whatever comes next begins there."""
        self.state = course.state_at(elapsed_s)
        end = course.response(np.array([elapsed_s]))
        self._current_A = self.wrong_current.true_value(float(end.current_A[-1]))
        return end

    def impedance(self, frequency_Hz: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Impedance in Ohm in the present state."""
        if self.cell is None:
            return np.full(frequency_Hz.shape, _OPEN_OHM, np.complex128)
        return self.cell.impedance(self.state, frequency_Hz)

    def _open(self, start_V: float, rate_V_s: float) -> Course:
        state = self.state

        def response(elapsed_s: NDArray[np.float64]) -> Response:
            zero = np.zeros(elapsed_s.shape)
            return Response(elapsed_s, start_V + rate_V_s * elapsed_s, zero, zero, lambda _: state)

        return Course(partial(self._read, response), lambda _: state)

    def _read(self, response: Callable[[NDArray[np.float64]], Response], elapsed_s: NDArray[np.float64]) -> Response:
        """Return what is measured at these seconds, by sensors as they are now."""
        true = response(elapsed_s)
        if self.wrong_voltage is RIGHT and self.wrong_current is RIGHT:
            return true
        voltage_V, current_A = self.wrong_voltage.reading(true.voltage_V), self.wrong_current.reading(true.current_A)
        return replace(true, voltage_V=voltage_V, current_A=current_A)
