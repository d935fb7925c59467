"""Everything that would be refused, found before anything starts: pure, from the lab file's ranges alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields

from drivers.contracts import Capabilities, Problem
from drivers.neware.executable import ExecutableStep, refusal
from drivers.neware.loop_exit import misplaced_exit
from drivers.neware.numbering import NumberedStep, numbered, step_count
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Until,
    VoltageScan,
)

__all__ = ["problems"]

_ENDS = {
    "rest": {"duration_s"},
    "constant_current": {"duration_s", "voltage_V", "capacity_Ah"},
    "constant_voltage": {"duration_s", "current_A", "capacity_Ah"},
    "constant_current_constant_voltage": {"duration_s", "current_A", "capacity_Ah"},
}
"""What can end a step of this kind on the instrument."""
_DURATION_MIN_s = 0.001


def problems(program: Program, can: Capabilities) -> list[Problem]:
    """Return one problem a reason, with the protocol line and the remedy."""
    end = step_count(program)
    return [*_whole(program, can), *(problem for placed in numbered(program) for problem in _step(placed, end, can))]


def _whole(program: Program, can: Capabilities) -> Iterator[Problem]:
    count = step_count(program)
    if not program.steps:
        yield Problem("the program has no steps")
    if can.steps_max is not None and count > can.steps_max:
        yield Problem(
            f"{count} instrument steps (loops and the end count), a NEWARE channel holds {can.steps_max}; "
            "use repeat instead of writing steps out, or split the protocol"
        )
    yield from _record(program.record, None, can)
    yield from _limits(program.limits, None)


def _step(placed: NumberedStep, end: int, can: Capabilities) -> Iterator[Problem]:
    step = placed.step
    if isinstance(step, (VoltageScan, Impedance)):
        yield refusal(step)
    elif isinstance(step, Loop):
        yield from _loop(step, len(placed.loops) + 1, can)
    else:
        yield from _set_points(step, can)
        yield from _until(step, can)
        misplaced = misplaced_exit(placed, end)
        if misplaced is not None:
            yield misplaced
        if step.record is not None:
            yield from _record(step.record, step.origin, can)
        if step.limits is not None:
            yield from _limits(step.limits, step.origin)


def _loop(loop: Loop, depth: int, can: Capabilities) -> Iterator[Problem]:
    if can.loop_depth_max is not None and depth == can.loop_depth_max + 1:
        yield Problem(f"loops deeper than {can.loop_depth_max}; write the innermost loop out", loop.origin)
    if loop.count < 1:
        yield Problem(f"a loop of {loop.count} passes", loop.origin)
    if not loop.body:
        yield Problem("a loop without steps", loop.origin)


def _set_points(step: ExecutableStep, can: Capabilities) -> Iterator[Problem]:
    if isinstance(step, (ConstantCurrent, ConstantCurrentConstantVoltage)):
        yield from _current(abs(step.current_A), step.origin, can)
    if isinstance(step, ConstantVoltage):
        yield from _current(step.current_max_A, step.origin, can)
    if isinstance(step, (ConstantVoltage, ConstantCurrentConstantVoltage)):
        yield from _voltage("voltage", step.voltage_V, step.origin, can)


def _until(step: ExecutableStep, can: Capabilities) -> Iterator[Problem]:
    ends = {field.name: getattr(step.until, field.name) for field in fields(Until)}
    given = {name: value for name, value in ends.items() if value is not None}
    if not given:
        yield Problem(f"{step.kind} never ends; give it an until", step.origin)
    for name in sorted(given.keys() - _ENDS[step.kind]):
        yield Problem(f"a NEWARE channel cannot end {step.kind} by {name}", step.origin)
    for name in sorted(given.keys() & _ENDS[step.kind]):
        if name == "voltage_V":
            yield from _voltage("until voltage", given[name], step.origin, can)
        elif not _positive(given[name]):
            yield Problem(f"until.{name} is {given[name]}; it must be above 0", step.origin)
    duration_s = given.get("duration_s")
    if duration_s is not None and 0 < duration_s < _DURATION_MIN_s:
        yield Problem(f"{duration_s} s is shorter than the instrument's millisecond", step.origin)


def _current(current_A: float, origin: Origin, can: Capabilities) -> Iterator[Problem]:
    if not _positive(current_A):
        yield Problem(f"a current of {current_A:g} A", origin)
    elif current_A > can.current_max_A:
        yield Problem(f"{current_A:g} A is beyond the channel's {can.current_max_A:g} A", origin)


def _voltage(what: str, voltage_V: float, origin: Origin, can: Capabilities) -> Iterator[Problem]:
    if not can.voltage_min_V <= voltage_V <= can.voltage_max_V:  # also true of NaN
        range_V = f"{can.voltage_min_V:g} … {can.voltage_max_V:g} V"
        yield Problem(f"{what} {voltage_V:g} V is outside the channel's {range_V}", origin)


def _record(record: Record, origin: Origin | None, can: Capabilities) -> Iterator[Problem]:
    for field in fields(Record):
        value = getattr(record, field.name)
        if value is not None and not _positive(value):
            yield Problem(f"record.{field.name} is {value}; it must be above 0", origin)
    interval_s, least_s = record.interval_s, can.record_interval_min_s
    if interval_s is not None and least_s is not None and 0 < interval_s < least_s:
        yield Problem(f"record every {interval_s:g} s is faster than the channel's {least_s:g} s", origin)


def _limits(limits: Limits, origin: Origin | None) -> Iterator[Problem]:
    given = {field.name: getattr(limits, field.name) for field in fields(Limits)}
    for name, value in given.items():
        if value is not None and not math.isfinite(value):
            yield Problem(f"limits.{name} is {value}", origin)
    if not limits.voltage_min_V < limits.voltage_max_V:
        yield Problem(f"limits.voltage {limits.voltage_min_V:g} … {limits.voltage_max_V:g} V is no window", origin)
    if not _positive(limits.current_max_A):
        yield Problem(f"limits.current {limits.current_max_A:g} A; it must be above 0", origin)


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0
