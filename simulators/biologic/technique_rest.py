"""Techniques that leave the cell at open circuit: OCV, and the triggers."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.piece import Bench, Columns, Outcome, Piece, Technique, Ticks, time_columns
from simulators.biologic.record_ticks import LastRow, RecordRule, record_ticks

__all__ = ["open_circuit", "trigger_in", "trigger_out", "trigger_set"]


def open_circuit(bench: Bench) -> Technique:
    """OCV."""
    begin, passed = 0, 0
    before: LastRow | None = None
    while True:
        left = bench.ticks(bench.parameters.number("Rest_time_T")) - passed
        if left <= 0:
            return Outcome.NEXT
        ending = yield _resting(bench, begin, left, before)
        passed = begin = ending.tick
        before = ending.row
        if not ending.cut:
            return Outcome.NEXT


def _resting(bench: Bench, begin: int, length: int, before: LastRow | None) -> Piece:
    course = bench.clips.rest()

    def measure(ticks: Ticks) -> Columns:
        ewe_V, _ = bench.potential_and_current(course, ticks)
        return time_columns(begin + ticks) | {"ewe_V": ewe_V}

    def watched(ticks: NDArray[np.float64]) -> NDArray[np.float64]:
        return course.response(ticks * bench.tick_s).voltage_V

    rule = RecordRule(bench.interval("Record_every_dT"), bench.change("Record_every_dE"))
    rows = record_ticks(rule, watched, length, before)
    return Piece(begin, begin + length, course, rows, measure, takes_updates=True, watched=watched, before=before)


def trigger_out(bench: Bench) -> Technique:
    """TO: hold the output for a while.

    # unconfirmed on hardware: that the cell rests meanwhile
    """
    yield _silent(bench, bench.ticks(bench.parameters.number("Trigger_Duration")))
    return Outcome.NEXT


def trigger_in(bench: Bench) -> Technique:
    """TI: wait for somebody's trigger."""
    yield _silent(bench, math.inf, waits=True)
    return Outcome.NEXT


def trigger_set(bench: Bench) -> Technique:
    """TOS: set the output and go on."""
    yield _silent(bench, 1)
    return Outcome.NEXT


def _silent(bench: Bench, end: float, *, waits: bool = False) -> Piece:
    return Piece(0, end, bench.clips.rest(), iter(()), lambda _: {}, waits_for_trigger=waits)
