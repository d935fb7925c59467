"""Techniques that sweep the potential: CV, vscan and vscanlimit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.clips import Course
from simulators.biologic.limit_tests import ExitCondition, LimitTests
from simulators.biologic.piece import Bench, Columns, Outcome, Piece, Technique, Ticks, time_columns
from simulators.biologic.technique_steps import limited_end

__all__ = ["cyclic_voltammetry", "potential_scans"]

_BLOCK = 512
_AVERAGED = 8
"""Points that an averaged current is the mean of."""
_HERE_V = 1e-9


@dataclass(frozen=True, slots=True)
class _Scan:
    """One sweep. ``vertex`` is the index of the parameters of where it goes to."""

    vertex: int
    cycle: int
    from_V: float
    to_V: float
    rate_V_s: float
    """Signed."""


def potential_scans(bench: Bench) -> Technique:
    """Sweep from vertex 0 to vertex 1, 2, ... Scan_number + 1, as often as there are cycles.

    Rates and tests have the index of the vertex that a scan goes to, since element 0 of the rates is unused.
    # unconfirmed on hardware: that of the tests; that a scan after "next step" begins at the present potential
    """
    tick = 0
    for cycle in range(bench.parameters.count("N_Cycles") + 1):
        present_V = _vertex_V(bench, 0)
        for vertex in range(1, bench.parameters.count("Scan_number") + 2):
            scan = _scan(bench, vertex, cycle, present_V)
            if scan is None:
                continue
            piece, reached_V, on_limit = _piece(bench, scan, tick)
            tick, present_V = (yield piece).tick, reached_V
            if on_limit is ExitCondition.STOP:
                return Outcome.STOP
            if on_limit is ExitCondition.NEXT_TECHNIQUE:
                return Outcome.NEXT
    if not tick:
        yield _standing(bench)
    return Outcome.NEXT


def cyclic_voltammetry(bench: Bench) -> Technique:
    """CV: Ei, E1, E2 and back to Ei as often as there are cycles, then on to Ef.

    # unconfirmed on hardware: that Scan_number 2 puts the first three scans into the cycle, and Ef after it
    """
    tick, cycles = 0, bench.parameters.count("N_Cycles")
    journey = [(vertex, cycle) for cycle in range(cycles + 1) for vertex in (1, 2, 3)] + [(4, cycles)]
    present_V = _vertex_V(bench, 0)
    for vertex, cycle in journey:
        scan = _scan(bench, vertex, cycle, present_V)
        if scan is not None:
            piece, present_V, _ = _piece(bench, scan, tick)
            tick = (yield piece).tick
    if not tick:
        yield _standing(bench)
    return Outcome.NEXT


def _standing(bench: Bench) -> Piece:
    """Take one tick where there is nothing to sweep, so that a loop around it goes on in time."""
    return Piece(0, 1, bench.clips.rest(), iter(()), lambda _: {})


def _vertex_V(bench: Bench, vertex: int) -> float:
    relative = bench.parameters.flag("vs_initial", vertex)
    return bench.parameters.number("Voltage_step", vertex) + (bench.initial_V if relative else 0.0)


def _scan(bench: Bench, vertex: int, cycle: int, from_V: float) -> _Scan | None:
    """Return the scan to a vertex; None where it is there already."""
    to_V = _vertex_V(bench, vertex)
    if abs(to_V - from_V) < _HERE_V:
        return None
    rate_V_s = math.copysign(bench.parameters.number("Scan_Rate", vertex), to_V - from_V)
    return _Scan(vertex, cycle, from_V, to_V, rate_V_s)


def _piece(bench: Bench, scan: _Scan, begin: int) -> tuple[Piece, float, ExitCondition | None]:
    """Return the piece, the potential at its end, and what a limit has then to follow."""
    course = bench.clips.sweep(scan.from_V, scan.rate_V_s, bench.full_scale_A)
    whole = bench.ticks((scan.to_V - scan.from_V) / scan.rate_V_s)
    length, on_limit = limited_end(bench, course, LimitTests.of(bench.parameters, scan.vertex), whole)
    reached_V = scan.to_V if on_limit is None else scan.from_V + scan.rate_V_s * length * bench.tick_s
    step_ticks = max(1.0, bench.parameters.number("Record_every_dE") / abs(scan.rate_V_s) / bench.tick_s)
    measure = _Measurement(bench, course, scan, begin, step_ticks)
    rows = _every(step_ticks, length)
    return Piece(begin, begin + length, course, rows, measure, control=scan.to_V), reached_V, on_limit


def _every(step_ticks: float, length: int) -> Iterator[Ticks]:
    """Ticks at which the potential has gone one more step, the last included where it is a whole one."""
    for first in range(1, int(length / step_ticks + 1e-3) + 1, _BLOCK):
        last = min(first + _BLOCK, int(length / step_ticks + 1e-3) + 1)
        block = np.ceil(np.arange(first, last) * step_ticks - 1e-3).astype(np.int64)
        yield np.unique(np.minimum(block, length))


@dataclass(frozen=True, slots=True)
class _Measurement:
    """Rows of one scan: the potential at each step's end, the current over the measured share of the step."""

    bench: Bench
    course: Course
    scan: _Scan
    begin: int
    step_ticks: float

    def __call__(self, ticks: Ticks) -> Columns:
        ewe_V, i_A = self.bench.potential_and_current(self.course, ticks)
        cycle = np.full(len(ticks), self.scan.cycle, np.uint32)
        columns = time_columns(self.begin + ticks)
        if self.bench.parameters.has("Average_over_dE"):  # CV
            return columns | {"i_A": self._current_A(ticks, i_A), "ewe_V": ewe_V, "cycle": cycle}
        return columns | {"ewe_V": ewe_V, "i_A": i_A, "cycle": cycle}

    def _current_A(self, ticks: Ticks, at_the_end_A: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mean between Begin and End_measuring_I, as shares of the step.

        # unconfirmed on hardware: that without Average_over_dE it is the value at the step's end
        """
        parameters = self.bench.parameters
        if not parameters.flag("Average_over_dE"):
            return at_the_end_A
        share = np.linspace(parameters.number("Begin_measuring_I"), parameters.number("End_measuring_I"), _AVERAGED)
        sampled = np.maximum(ticks[:, None] - self.step_ticks * (1 - share), 0.0) * self.bench.tick_s
        shown_A = self.course.response(sampled.ravel()).current_A.reshape(sampled.shape)
        end_A = self.course.response(self.bench.seconds(ticks)).current_A
        return np.asarray(at_the_end_A + (shown_A.mean(axis=1) - end_A), np.float32)
