"""Everything that would be refused, found before anything starts: pure, from what the channel once told of itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields

from drivers.biologic.capabilities import capabilities
from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.constant_checks import constant_problems
from drivers.biologic.impedance_checks import impedance_problems
from drivers.biologic.loading import loading
from drivers.biologic.numbering import PlacedStep, placed_steps
from drivers.biologic.record_checks import record_problems
from drivers.biologic.scan_checks import scan_problems
from drivers.biologic.scan_techniques import fits_in_one
from drivers.contracts import Capabilities, Problem
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Program,
    Step,
    VoltageScan,
)

__all__ = ["problems"]


def problems(program: Program, facts: ChannelFacts) -> list[Problem]:
    """Return one problem a reason, with the protocol line and the remedy; the same once."""
    can = capabilities(facts)
    found = [*_whole(program, can)]
    for placed in placed_steps(program):
        found += _step(placed, program, facts, can)
    return list(dict.fromkeys(found))


def _whole(program: Program, can: Capabilities) -> Iterator[Problem]:
    if not program.steps:
        yield Problem("the program has no steps")
    count = sum(_techniques(placed.step) for placed in placed_steps(program))
    if can.steps_max is not None and count > can.steps_max:
        yield Problem(
            f"{count} techniques (a step has one, constant current with hold two, a loop one), a VSP-300 channel holds "
            f"{can.steps_max}; use repeat instead of writing steps out, or split the protocol"
        )
    yield from map(Problem, record_problems(program.record, can))
    yield from map(Problem, _limits(program.limits, can))


def _techniques(step: Step) -> int:
    """How many techniques a step becomes."""
    if isinstance(step, VoltageScan) and not fits_in_one(step):
        return 2 + (step.end is not None)
    return 2 if isinstance(step, ConstantCurrentConstantVoltage) else 1


def _step(placed: PlacedStep, program: Program, facts: ChannelFacts, can: Capabilities) -> Iterator[Problem]:
    step, given = placed.step, loading(placed.step, program, facts)
    if isinstance(step, Loop):
        yield from _loop(step, len(placed.loops) + 1, can)
        return
    if isinstance(step, VoltageScan):
        yield from scan_problems(step, given, can)
    elif isinstance(step, Impedance):
        yield from impedance_problems(step, given, can)
    else:
        yield from constant_problems(step, given, can)
    if isinstance(step, ConstantCurrent) and step.leaves_loop:
        yield from _leaves_loop(step, placed, program)
    if step.record is not None:
        yield from (Problem(line, step.origin) for line in record_problems(step.record, can))
    if step.limits is not None:
        yield from (Problem(line, step.origin) for line in _limits(step.limits, can))


def _loop(loop: Loop, depth: int, can: Capabilities) -> Iterator[Problem]:
    if can.loop_depth_max is not None and depth == can.loop_depth_max + 1:
        yield Problem(f"loops deeper than {can.loop_depth_max}; write the innermost loop out", loop.origin)
    if loop.count < 1:
        yield Problem(f"a loop of {loop.count} passes", loop.origin)
    if not loop.body:
        yield Problem("a loop without steps", loop.origin)
    if loop.stop_when is not None:
        yield Problem(
            "stop_when: this instrument cannot be ended at a cycle's boundary; "
            "repeat a fixed number of times instead, or take another channel",
            loop.origin,
        )


def _leaves_loop(step: ConstantCurrent, placed: PlacedStep, program: Program) -> Iterator[Problem]:
    """Its exit condition ends everything that is loaded."""
    if step.until.voltage_V is None:
        yield Problem(
            "a step that leaves its loop needs the voltage at which it does; give it until: voltage", step.origin
        )
    around = program.steps[-1] if program.steps else None
    if len(placed.loops) != 1 or not isinstance(around, Loop) or step not in around.body:
        yield Problem(
            "a VSP-300 channel leaves a loop only where nothing is around it and nothing follows it in its segment; "
            "put what follows into a protocol of its own",
            step.origin,
        )


def _limits(limits: Limits, can: Capabilities) -> Iterator[str]:
    for field in fields(Limits):
        value = getattr(limits, field.name)
        if value is not None and not math.isfinite(value):
            yield f"limits.{field.name} is {value}"
    window = f"limits.voltage {limits.voltage_min_V:g} … {limits.voltage_max_V:g} V"
    if not limits.voltage_min_V < limits.voltage_max_V:
        yield f"{window} is no window"
    elif limits.voltage_min_V < can.voltage_min_V or limits.voltage_max_V > can.voltage_max_V:
        yield f"{window} is wider than what the channel sees, {can.voltage_min_V:g} … {can.voltage_max_V:g} V"
    if not limits.current_max_A > 0:
        yield f"limits.current {limits.current_max_A:g} A; it must be above 0"
