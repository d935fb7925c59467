"""Carrying out a plan on a model cell."""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from orchestrator.preview.model_cell import Array, ModelCell
from orchestrator.preview.protection import first_trip
from orchestrator.preview.recorded import recorded
from orchestrator.preview.step_course import FOREVER_s, course_of
from orchestrator.preview.trace import StepTrace, Trace
from orchestrator.preview.worn_out import WornOut
from protocols.estimate.spectrum import spent_on_spectrum
from protocols.estimate.temperature import ROOM_degC, ramp_and_soak_s
from protocols.plan import Plan, Prompt, Segment, SetTemperature
from protocols.program import (
    ConstantCurrent,
    Impedance,
    Loop,
    Program,
    Rest,
    Step,
    VoltagePoint,
    VoltageScan,
)

__all__ = ["carry_out"]

_SAMPLES, _SAMPLES_OF_A_SWEEP = 48, 300
_GRID = (1 - np.cos(np.linspace(0, np.pi, _SAMPLES))) / 2
"""Closer together at both ends of a step, where voltages run steep."""
_UNHURT_V = 1e-9


class _Then(Enum):
    GO_ON = "go on"
    LEAVE_LOOP = "leave the loop"
    END = "end"


def carry_out(plan: Plan, cell: ModelCell, steps_max: int | None = None) -> Trace:
    """Follow every item, every loop pass and every step; nothing is skipped because it repeats.

    A step that trips a protection, or can never end, ends the trace with a remark; so does the step after
    ``steps_max``. The cell is changed.
    """
    walker = _Walker(cell, steps_max)
    for item in plan.items:
        match item:
            case SetTemperature():
                walker.warm(item)
            case Prompt():
                walker.trace.remarks.append(f"line {item.line}: waits for an operator: {item.text}")
            case Segment(program):
                if walker.program(program) is _Then.END:
                    break
    return walker.trace


class _Walker:
    """Where the cell is, when, and in which cycle; one pass of an innermost loop is one cycle."""

    def __init__(self, cell: ModelCell, steps_max: int | None) -> None:
        self.trace = Trace()
        self._cell = cell
        self._steps_max = steps_max
        self._cycle = 1
        self._now_s = 0.0
        self._current_A = 0.0
        self._program: Program
        self._at_degC = ROOM_degC

    def warm(self, item: SetTemperature) -> None:
        """Rest on the way to a temperature, and while it soaks, at that temperature."""
        duration_s = ramp_and_soak_s(self._at_degC, item.target_degC, item.ramp_K_per_min, item.soak_s)
        self._at_degC = self._cell.temperature_degC = item.target_degC
        if duration_s > 0:
            elapsed_s = duration_s * _GRID
            answer = self._cell.under_current(self._cell.state, 0.0, elapsed_s)
            self._append("temperature", None, elapsed_s, (answer.voltage_V, answer.current_A, answer.charge_Ah), 0)
            self._cell.state = self._cell.advance(self._cell.state, 0.0, duration_s)

    def program(self, program: Program) -> _Then:
        """One segment."""
        self._program = program
        return self._body(program.steps)

    def _body(self, steps: tuple[Step, ...]) -> _Then:
        for step in steps:
            if self._steps_max is not None and len(self.trace.steps) >= self._steps_max:
                self._remark(step.origin.line, f"nobody looked further than {self._steps_max} steps")
                return _Then.END
            match step:
                case Loop():
                    then = self._loop(step)
                case VoltageScan():
                    then = self._scan(step)
                case Impedance():
                    then = self._spectrum(step)
                case _:
                    then = self._step(step)
            if then is not _Then.GO_ON:
                return then
        return _Then.GO_ON

    def _loop(self, loop: Loop) -> _Then:
        rule = None if loop.stop_when is None else WornOut(loop.stop_when)
        for done in range(1, loop.count + 1):
            first, before = len(self.trace.steps), self._cycle
            then = self._body(loop.body)
            if then is _Then.END:
                return then
            if self._cycle == before:
                self._cycle += 1
            if then is _Then.LEAVE_LOOP:
                return _Then.GO_ON
            if rule and rule.judges(self.trace.steps[first:]) and done < loop.count:
                self._remark(loop.origin.line, f"the loop is left after {done} of {loop.count} passes: {rule.reason}")
                return _Then.GO_ON
        return _Then.GO_ON

    def _step(self, step: Rest | ConstantCurrent | Step) -> _Then:
        if isinstance(step, Loop | VoltageScan | Impedance):
            raise TypeError(f"{step.kind} is not carried out as a plain step")
        course = course_of(step, self._cell, self._cell.state)
        if not math.isfinite(course.duration_s) or course.duration_s > FOREVER_s:
            days = f"{FOREVER_s / 86400:.0f} days"
            self._remark(
                step.origin.line, f"this {step.kind.replace('_', ' ')} does not end within {days} on this cell"
            )
            return _Then.END
        elapsed_s = course.duration_s * _GRID
        if course.turn_s < course.duration_s and course.turn_s > 0:
            elapsed_s = np.concatenate(
                (course.turn_s * _GRID, course.turn_s + (course.duration_s - course.turn_s) * _GRID[1:])
            )
        ended = self._watched(step, elapsed_s, course.respond(elapsed_s))
        self._cell.state = course.state_at(self.trace.steps[-1].duration_s)
        if ended:
            return _Then.END
        leaves = isinstance(step, ConstantCurrent) and step.leaves_loop and course.reached_voltage
        return _Then.LEAVE_LOOP if leaves else _Then.GO_ON

    def _scan(self, scan: VoltageScan) -> _Then:
        rest_V = self._cell.open_circuit_voltage(self._cell.state)
        at_V = _voltage_V(scan.start, rest_V)
        for _ in range(scan.cycles):
            for turn in scan.turns:
                to_V = _voltage_V(turn, rest_V)
                if self._sweep(scan, at_V, to_V):
                    return _Then.END
                at_V = to_V
            self._cycle += len(scan.turns) > 1
        if scan.end is not None and self._sweep(scan, at_V, _voltage_V(scan.end, rest_V)):
            return _Then.END
        return _Then.GO_ON

    def _sweep(self, scan: VoltageScan, from_V: float, to_V: float) -> bool:
        """One straight sweep; True when a protection ends it."""
        if abs(to_V - from_V) < _UNHURT_V:
            return False
        rate = math.copysign(scan.scan_rate_V_per_s, to_V - from_V)
        elapsed_s = np.linspace(0, (to_V - from_V) / rate, _SAMPLES_OF_A_SWEEP)
        course = self._cell.voltammetry(self._cell.state, from_V, rate, self._current_A)
        answer = course.response(elapsed_s)
        ended = self._watched(scan, elapsed_s, (answer.voltage_V, answer.current_A, answer.charge_Ah))
        self._cell.state = course.state_at(self.trace.steps[-1].duration_s)
        return ended

    def _spectrum(self, step: Impedance) -> _Then:
        spent = spent_on_spectrum(step, step.record or self._program.record)
        elapsed_s = spent.duration_s * _GRID
        frequency_Hz = np.geomspace(step.frequency_from_Hz, step.frequency_to_Hz, step.frequency_count)
        before = self._cell.state
        biased = step.bias is not None and not (step.bias.versus == "open_circuit" and step.bias.voltage_V == 0)
        if step.bias is not None and biased:
            bias_V = _voltage_V(step.bias, self._cell.open_circuit_voltage(before))
            course = self._cell.sweep(before, bias_V, 0.0)
            answer, after = course.response(elapsed_s), course.state_at(spent.duration_s)
        else:
            current_A = step.bias_current_A if step.control == "galvanostatic" else 0.0
            answer = self._cell.under_current(before, current_A, elapsed_s)
            after = self._cell.advance(before, current_A, spent.duration_s)
        self._cell.state = after
        columns = (answer.voltage_V, answer.current_A, answer.charge_Ah)
        impedance = self._cell.impedance(after, frequency_Hz)
        self._append(step.kind, step, elapsed_s, columns, math.ceil(spent.records), (frequency_Hz, impedance))
        return _Then.GO_ON

    def _watched(self, step: Step, elapsed_s: Array, columns: tuple[Array, Array, Array]) -> bool:
        """Append a step up to its end, or to where a protection trips; True when one does."""
        assert not isinstance(step, Loop | Impedance)  # noqa: S101 - neither is sampled
        trip = first_trip(step.limits or self._program.limits, *columns)
        if trip is not None:
            kept = trip[0] + 1
            elapsed_s, columns = elapsed_s[:kept], (columns[0][:kept], columns[1][:kept], columns[2][:kept])
        rule = step.record or self._program.record
        self._append(step.kind, step, elapsed_s, columns, recorded(rule, elapsed_s, columns[0], columns[1]))
        if trip is not None:
            hours = self.trace.duration_s / 3600
            self._remark(step.origin.line, f"{trip[1]}: the protection ends the test after {hours:.2f} h")
        return trip is not None

    def _append(
        self,
        kind: str,
        step: Step | None,
        elapsed_s: Array,
        columns: tuple[Array, Array, Array],
        records: int,
        spectrum: tuple[Array, np.ndarray] | None = None,
    ) -> None:
        self.trace.steps.append(
            StepTrace(
                kind=kind,
                origin=None if step is None else step.origin,
                cycle=self._cycle,
                began_s=self._now_s,
                elapsed_s=elapsed_s,
                voltage_V=columns[0],
                current_A=columns[1],
                charge_Ah=columns[2],
                records=records,
                temperature_degC=self._cell.temperature_degC,
                frequency_Hz=None if spectrum is None else spectrum[0],
                impedance_Ohm=None if spectrum is None else spectrum[1],
            )
        )
        self._now_s += self.trace.steps[-1].duration_s
        self._current_A = float(columns[1][-1]) if len(columns[1]) else 0.0

    def _remark(self, line: int, text: str) -> None:
        self.trace.remarks.append(f"line {line}: {text}")


def _voltage_V(point: VoltagePoint, open_circuit_V: float) -> float:
    return point.voltage_V + (open_circuit_V if point.versus == "open_circuit" else 0.0)
