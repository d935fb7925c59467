"""One step being executed: computed whole on entry, cut when a command comes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.course import Course, course_of
from simulators.neware.open_clips import TestObject
from simulators.neware.record_times import change_times_s, record_times_ms
from simulators.neware.step_end import Passed, StepEnd, TICK_ms, find_end
from simulators.neware.step_program import Protection, RecordRule, Step

__all__ = ["References", "StepRecords", "StepRun", "begin_step"]


@dataclass(frozen=True, slots=True)
class References:
    """What the next voltage-change and current-change records are measured from."""

    voltage_V: float
    current_A: float


@dataclass(frozen=True, slots=True)
class StepRecords:
    """Record columns of a step, noise-free."""

    testtime_ms: NDArray[np.int64]
    voltage_V: NDArray[np.float64]
    current_A: NDArray[np.float64]
    capacity_Ah: NDArray[np.float64]
    energy_Wh: NDArray[np.float64]

    def but_first(self) -> StepRecords:
        """Return all but the first."""
        return StepRecords(*(getattr(self, column.name)[1:] for column in fields(self)))


@dataclass(frozen=True)
class StepRun:
    """A step's course from ``begin_unix_s`` to its end, with its records."""

    step: Step
    course: Course
    passed: Passed
    end: StepEnd
    begin_unix_s: float
    rule: RecordRule
    references: References
    """At the beginning."""
    grid_s: NDArray[np.float64]
    grid_V: NDArray[np.float64]
    grid_A: NDArray[np.float64]
    grid_Wh: NDArray[np.float64]
    records: StepRecords

    @property
    def end_unix_s(self) -> float:
        """When the step ends by itself."""
        return (round(self.begin_unix_s * 1000) + self.end.after_ms) / 1000

    def elapsed_ms(self, now_unix_s: float) -> int:
        """Milliseconds of this run at an instant, down to the tick, never beyond the end."""
        ticks = int((now_unix_s - self.begin_unix_s) * 1000 / TICK_ms + 1e-3)
        return min(max(0, ticks * TICK_ms), self.end.after_ms)

    def unix_s(self, testtime_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Instants of times in the step."""
        begin_ms = round(self.begin_unix_s * 1000)  # whole milliseconds: no two ways of adding up differ
        return np.asarray((begin_ms - self.passed.time_ms + testtime_ms) / 1000)

    def values(self, testtime_ms: NDArray[np.int64]) -> StepRecords:
        """Compute what would be recorded at times in the step."""
        elapsed_s = (testtime_ms - self.passed.time_ms) / 1000
        response = self.course.response(elapsed_s)
        return StepRecords(
            testtime_ms,
            response.voltage_V,
            response.current_A,
            self.passed.capacity_Ah + np.abs(response.charge_Ah),
            self.passed.energy_Wh + np.interp(elapsed_s, self.grid_s, self.grid_Wh),
        )

    def references_at(self, elapsed_ms: int) -> References:
        """Return what change records after this instant are measured from."""
        inside = self.grid_s <= elapsed_ms / 1000
        time_s = np.append(self.grid_s[inside], elapsed_ms / 1000)
        voltage = np.interp(time_s, self.grid_s, self.grid_V)
        current = np.interp(time_s, self.grid_s, self.grid_A)
        return _changes(self.rule, time_s, voltage, current, self.references)[2]


def begin_step(
    step: Step,
    current_A: float,
    item: TestObject,
    *,
    rule: RecordRule,
    protections: tuple[Protection, ...],
    hardware: ChannelHardware,
    begin_unix_s: float,
    passed: Passed | None = None,
    references: References | None = None,
) -> StepRun:
    """Compute a step from the test object's present state to its end; ``passed`` and ``references`` after a pause."""
    passed = passed or Passed()
    course = course_of(step, current_A, item)
    end, response = find_end(step, course, passed, protections, hardware)
    grid_s = response.elapsed_s
    power_W = np.abs(response.voltage_V * response.current_A)
    grid_Wh = np.concatenate(([0.0], np.cumsum((power_W[1:] + power_W[:-1]) / 7200 * np.diff(grid_s))))
    references = references or References(float(response.voltage_V[0]), float(response.current_A[0]))
    voltage_s, current_s, _ = _changes(rule, grid_s, response.voltage_V, response.current_A, references)
    times = record_times_ms(rule, passed.time_ms, passed.time_ms + end.after_ms, voltage_s, current_s)
    nothing = np.empty(0)
    empty = StepRecords(times, nothing, nothing, nothing, nothing)
    run = StepRun(
        step,
        course,
        passed,
        end,
        begin_unix_s,
        rule,
        references,
        grid_s,
        response.voltage_V,
        response.current_A,
        grid_Wh,
        empty,
    )
    return replace(run, records=run.values(times))


def _changes(
    rule: RecordRule,
    elapsed_s: NDArray[np.float64],
    voltage_V: NDArray[np.float64],
    current_A: NDArray[np.float64],
    references: References,
) -> tuple[NDArray[np.float64], NDArray[np.float64], References]:
    voltage_s = current_s = np.empty(0)
    last_V, last_A = references.voltage_V, references.current_A
    if rule.voltage_change_V:
        voltage_s, last_V = change_times_s(elapsed_s, voltage_V, last_V, rule.voltage_change_V)
    if rule.current_change_A:
        current_s, last_A = change_times_s(elapsed_s, current_A, last_A, rule.current_change_A)
    return voltage_s, current_s, References(last_V, last_A)
