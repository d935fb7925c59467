"""PEIS and GEIS: a constant step, process 0, and a spectrum on top of it, process 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.clips import Course
from simulators.biologic.piece import Bench, Columns, Outcome, Piece, Technique, Ticks, time_columns
from simulators.biologic.record_ticks import RecordRule, record_ticks

__all__ = ["spectrum"]

_SETTLE_s, _LEAST_POINT_s, _AFTER_POINT_s = 0.395, 0.2, 0.01
"""From a real log: the first point 0.595 s after process 0, others some 0.2 s, slow ones a period and a little."""
_SYNTHESISER = 1 + 31.1875e-6
"""Real frequencies differ a little. # unconfirmed on hardware: how; the log's first of 1 MHz is 1 000 031.19 Hz"""
_RELATIVE_NOISE = 2e-4
_CE_NOISE_V = 2e-4


def spectrum(bench: Bench) -> Technique:
    """Go through both processes."""
    potentio = bench.parameters.has("Initial_Voltage_step")
    quantity = "Voltage" if potentio else "Current"
    value = bench.parameters.number(f"Initial_{quantity}_step")
    if bench.parameters.flag("vs_initial"):
        value += bench.initial_V if potentio else bench.initial_A
    tick = 0
    if bench.parameters.number("Duration_step") > 0:
        tick = (yield _constant(bench, potentio, value)).tick
    yield _points(bench, potentio, value, tick)
    return Outcome.NEXT


def _drive(bench: Bench, potentio: bool, value: float) -> Course:
    return bench.clips.sweep(value, 0.0, bench.full_scale_A) if potentio else bench.clips.current(value)


def _constant(bench: Bench, potentio: bool, value: float) -> Piece:
    course = _drive(bench, potentio, value)
    length = bench.ticks(bench.parameters.number("Duration_step"))
    change = bench.change("Record_every_dI" if potentio else "Record_every_dE")

    def watched(ticks: NDArray[np.float64]) -> NDArray[np.float64]:
        shown = course.response(ticks * bench.tick_s)
        return shown.current_A if potentio else shown.voltage_V

    def measure(ticks: Ticks) -> Columns:
        ewe_V, i_A = bench.potential_and_current(course, ticks)
        return time_columns(ticks) | {"ewe_V": ewe_V, "i_A": i_A}

    rows = record_ticks(RecordRule(bench.interval("Record_every_dT"), change), watched, length)
    return Piece(0, length, course, rows, measure, control=value)


def _frequencies(bench: Bench) -> NDArray[np.float64]:
    first, last = bench.parameters.number("Initial_frequency"), bench.parameters.number("Final_frequency")
    count = bench.parameters.count("Frequency_number")
    linear = bench.parameters.flag("sweep")
    asked = np.linspace(first, last, count) if linear else np.geomspace(first, last, count)
    return np.asarray(asked * _SYNTHESISER)


def _points(bench: Bench, potentio: bool, value: float, begin: int) -> Piece:
    frequency_Hz = _frequencies(bench)
    periods = bench.parameters.number("Wait_for_steady") + bench.parameters.number("Average_N_times")
    each_s = np.maximum(_LEAST_POINT_s, periods / frequency_Hz + _AFTER_POINT_s)
    after_s = _SETTLE_s + np.cumsum(each_s)
    ticks = np.ceil(after_s / bench.tick_s).astype(np.int64)
    course = _drive(bench, potentio, value)
    amplitude = bench.parameters.number("Amplitude_Voltage" if potentio else "Amplitude_Current")
    points = _Points(bench, course, potentio, amplitude, frequency_Hz, ticks, begin)
    return Piece(begin, begin + int(ticks[-1]), course, _once(ticks), points, process=1, control=value)


def _once(ticks: Ticks) -> Iterator[Ticks]:
    yield ticks


@dataclass(frozen=True, slots=True)
class _Points:
    """Rows of process 1."""

    bench: Bench
    course: Course
    potentio: bool
    amplitude: float
    frequency_Hz: NDArray[np.float64]
    ticks: Ticks
    begin: int

    def __call__(self, ticks: Ticks) -> Columns:
        """Fourteen columns; those of the counter electrode mean nothing on this series."""
        at = np.searchsorted(self.ticks, ticks)
        ewe_V, i_A = self.bench.potential_and_current(self.course, ticks)
        noise = self.bench.normal(len(ticks)) * _RELATIVE_NOISE
        present_Ohm = self.bench.clips.impedance(self.frequency_Hz[at])  # at the temperature of these rows
        measured = present_Ohm * (1 + noise[:, 0] + 1j * noise[:, 1])
        modulus = np.abs(measured)
        abs_ewe = np.full(len(ticks), self.amplitude) if self.potentio else self.amplitude * modulus
        abs_i = abs_ewe / modulus
        time_s = np.round((self.begin + ticks) * self.bench.tick_s, 3)
        columns = {
            "frequency_Hz": self.frequency_Hz[at],
            "abs_ewe_V": abs_ewe,
            "abs_i_A": abs_i,
            "phase_zwe_rad": np.angle(measured),
            "ewe_V": ewe_V,
            "i_A": i_A,
            "blank": np.zeros(len(ticks)),
            "abs_ece_V": np.full(len(ticks), _CE_NOISE_V),
            "abs_ice_A": abs_i,
            "phase_zce_rad": np.zeros(len(ticks)),
            "ece_V": np.full(len(ticks), -_CE_NOISE_V),
            "ice_A": -i_A,
            "constant": np.full(len(ticks), 2.0),
            "time_s": time_s,
        }
        return {name: np.asarray(column, np.float32) for name, column in columns.items()}
