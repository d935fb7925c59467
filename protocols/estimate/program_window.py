"""What a program sets at most: the voltages between which it moves, and its largest current."""

from __future__ import annotations

from collections.abc import Iterator

from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Program,
    Step,
    VoltagePoint,
    VoltageScan,
    walk,
)

__all__ = ["largest_current_A", "voltage_window"]


def largest_current_A(program: Program) -> float:
    """Return the largest current that is set; the limit where none is."""
    currents_A: list[float] = []
    for step in walk(program.steps):
        if isinstance(step, ConstantVoltage):
            currents_A.append(step.current_max_A)
        elif isinstance(step, ConstantCurrent | ConstantCurrentConstantVoltage):
            currents_A.append(abs(step.current_A))
    return max(currents_A, default=program.limits.current_max_A)


def voltage_window(program: Program) -> tuple[float, float]:
    """Lowest and highest voltage that the program sets; its limits where it sets none."""
    voltages_V = [voltage_V for step in walk(program.steps) for voltage_V in _set_by(step)]
    if not voltages_V:
        return program.limits.voltage_min_V, program.limits.voltage_max_V
    return min(voltages_V), max(voltages_V)


def _set_by(step: Step) -> Iterator[float]:
    points: tuple[VoltagePoint | None, ...] = ()
    match step:
        case ConstantVoltage() | ConstantCurrentConstantVoltage():
            yield step.voltage_V
        case ConstantCurrent() if step.until.voltage_V is not None:
            yield step.until.voltage_V
        case VoltageScan():
            points = (step.start, *step.turns, step.end)
        case Impedance():
            points = (step.bias,)
        case _:
            pass
    for point in points:
        if point is not None and point.versus == "absolute":
            yield point.voltage_V
