"""Limits that the board does not hold: one line each, for ``cellbench plan``."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.constant_techniques import in_two
from drivers.biologic.loading import loading
from drivers.biologic.numbering import placed_steps
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Program,
    Rest,
    Step,
    VoltageScan,
)

__all__ = ["watched_by_service"]

_NAMES = {
    "rest": "rest",
    "constant_current": "constant current",
    "constant_voltage": "held voltage",
    "constant_current_constant_voltage": "CC-CV",
    "voltage_scan": "voltage scan",
    "impedance": "impedance",
}
_NO_TEST = {
    "rest": "OCV has no tests",
    "impedance": "PEIS and GEIS have no tests",
    "voltage_scan": "regulated, not tested",
}


def watched_by_service(program: Program, facts: ChannelFacts) -> tuple[str, ...]:
    """One line for each limit of each step that only the service watches; the same line of a file once."""
    lines = dict.fromkeys(_of_channel(program.limits, "limits"))
    for placed in placed_steps(program):
        step = placed.step
        if not isinstance(step, Loop):
            name = f"line {step.origin.line}: {_NAMES[step.kind]}"
            lines |= dict.fromkeys(f"{name}: {line}" for line in _of_step(step, loading(step, program, facts).limits))
            if step.limits is not None:
                lines |= dict.fromkeys(_of_channel(step.limits, name))
    return tuple(lines)


def _of_channel(limits: Limits, name: str) -> Iterator[str]:
    """What a VSP-300 measures or counts nowhere."""
    if limits.capacity_max_Ah is not None:
        yield f"{name}: capacity {limits.capacity_max_Ah:g} Ah (EClib counts no charge; nobody watches it)"
    bounds = (limits.temperature_min_degC, limits.temperature_max_degC)
    if bounds != (None, None):
        low, high = ("" if bound is None else f"{bound:g}" for bound in bounds)
        bounds_degC = f"{low} … {high}".strip()
        yield f"{name}: temperature {bounds_degC} degC (not measured here)"


def _of_step(step: Step, limits: Limits) -> Iterator[str]:
    voltage = f"voltage {limits.voltage_min_V:g} … {limits.voltage_max_V:g} V"
    current = f"current {limits.current_max_A:g} A"
    match step:
        case Rest():
            yield f"{voltage} ({_NO_TEST[step.kind]})"
        case Impedance():
            yield f"{voltage} ({_NO_TEST[step.kind]})"
            yield f"{current} ({_NO_TEST[step.kind]})"
        case VoltageScan():
            yield f"{voltage} ({_NO_TEST[step.kind]})"
        case ConstantCurrentConstantVoltage():
            for phase in in_two(step):
                yield from _of_constant(phase, voltage, current)
        case ConstantCurrent() | ConstantVoltage():
            yield from _of_constant(step, voltage, current)


def _of_constant(step: ConstantCurrent | ConstantVoltage, voltage: str, current: str) -> Iterator[str]:
    if isinstance(step, ConstantVoltage):
        if step.until.current_A is not None:
            yield f"{current} (its one exit condition ends the step at {step.until.current_A:g} A)"
        yield f"current of the step {step.current_max_A:g} A (limited by no more than the current range)"
        yield f"{voltage} (regulated, not tested)"
        return
    if step.until.voltage_V is not None and not step.leaves_loop:
        yield f"{voltage} (its one exit condition ends the step at {step.until.voltage_V:g} V)"
    yield f"{current} (regulated, not tested)"
