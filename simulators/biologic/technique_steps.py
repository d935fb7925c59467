"""Techniques of constant steps: CA, CP, CALIMIT, CPLIMIT and MP."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.clips import Course
from simulators.biologic.limit_tests import ExitCondition, LimitTests, first_true_s
from simulators.biologic.piece import Bench, Columns, Ending, Outcome, Piece, Technique, Ticks, time_columns
from simulators.biologic.record_ticks import LastRow, RecordRule, record_ticks

__all__ = ["constant_steps", "limited_end"]

_FOLLOWED_s = 1e8
"""Longer than any step is looked at for its limits."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of one cycle."""

    number: int
    cycle: int
    value: float
    potentio: bool
    rule: RecordRule


def constant_steps(bench: Bench) -> Technique:
    """Go through all steps, as often as there are cycles, each to its duration or its limit."""
    tick, cycle, number = 0, 0, 0
    while cycle <= bench.parameters.count("N_Cycles"):
        tick, on_limit = yield from _one_step(bench, number, cycle, tick)
        if on_limit is ExitCondition.STOP:
            return Outcome.STOP
        if on_limit is ExitCondition.NEXT_TECHNIQUE:
            return Outcome.NEXT
        number += 1
        if number > bench.parameters.count("Step_number"):
            number, cycle = 0, cycle + 1
    return Outcome.NEXT


def _one_step(
    bench: Bench, number: int, cycle: int, tick: int
) -> Generator[Piece, Ending, tuple[int, ExitCondition | None]]:
    """Execute one step; parameters that change under way take effect at once, and the step's time runs on.

    # unconfirmed on hardware: whether UpdateParameters restarts the step's time
    """
    passed = 0
    before: LastRow | None = None
    while True:
        step = _step(bench, number, cycle)
        left = bench.ticks(bench.parameters.number("Duration_step", number)) - passed
        if left <= 0:
            return tick, None
        course = _drive(bench, step)
        length, on_limit = limited_end(bench, course, LimitTests.of(bench.parameters, number), left)
        ending = yield _piece(bench, step, course, tick, length, before)
        passed, tick, before = passed + ending.tick - tick, ending.tick, ending.row
        if not ending.cut:
            return tick, on_limit


def limited_end(bench: Bench, course: Course, limits: LimitTests, length: int) -> tuple[int, ExitCondition | None]:
    """Ticks until a limit, and what then follows; else the length as given, and None."""
    if not limits.tests:
        return length, None

    def met(elapsed_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        shown = course.response(elapsed_s)
        return limits.hold(shown.voltage_V, shown.current_A)

    found_s = first_true_s(met, bench.tick_s, min(length * bench.tick_s, _FOLLOWED_s))
    return (length, None) if found_s is None else (min(length, bench.ticks(found_s)), limits.on_limit)


def _step(bench: Bench, number: int, cycle: int) -> _Step:
    parameters = bench.parameters
    if parameters.has("Mode_step"):  # MP
        potentio = parameters.whole("Mode_step", number) == 0
        label = "Value_step"
        rule = RecordRule(bench.interval("Record_every_dT", number), bench.change("Record_every_dM", number))
    else:
        potentio = parameters.has("Voltage_step")
        label = "Voltage_step" if potentio else "Current_step"
        changing = "Record_every_dI" if potentio else "Record_every_dE"
        rule = RecordRule(bench.interval("Record_every_dT"), bench.change(changing))
    value = parameters.number(label, number)
    if parameters.flag("vs_initial", number):
        value += bench.initial_V if potentio else bench.initial_A
    if parameters.has("Record_every_rc") and cycle % max(1, parameters.count("Record_every_rc")):
        rule = RecordRule(None, None)
    return _Step(number, cycle, value, potentio, rule)


def _drive(bench: Bench, step: _Step) -> Course:
    full_scale_A = bench.full_scale_A
    if step.potentio:
        return bench.clips.sweep(step.value, 0.0, full_scale_A)
    return bench.clips.current(min(max(step.value, -full_scale_A), full_scale_A))


def _piece(bench: Bench, step: _Step, course: Course, begin: int, length: int, before: LastRow | None) -> Piece:
    modes = bench.parameters.has("Mode_step")

    def measure(ticks: Ticks) -> Columns:
        ewe_V, i_A = bench.potential_and_current(course, ticks)
        columns = time_columns(begin + ticks) | {"ewe_V": ewe_V, "i_A": i_A}
        columns["cycle"] = np.full(len(ticks), step.cycle, np.uint32)
        if modes:  # unconfirmed on hardware: that the mode stands between cycle and step
            columns["mode"] = np.full(len(ticks), not step.potentio, np.uint32)
            columns["step"] = np.full(len(ticks), step.number, np.uint32)
        return columns

    def watched(ticks: NDArray[np.float64]) -> NDArray[np.float64]:
        shown = course.response(ticks * bench.tick_s)
        return shown.current_A if step.potentio else shown.voltage_V

    rows = record_ticks(step.rule, watched, length, before)
    return Piece(
        begin,
        begin + length,
        course,
        rows,
        measure,
        takes_updates=True,
        watched=watched,
        before=before,
        control=step.value,
    )
