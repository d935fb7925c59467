"""What the plan ordered: currents by label, and which direction came first."""

from __future__ import annotations

from collections.abc import Iterator

from protocols.plan import Plan, Segment
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Direction,
    Loop,
    Step,
    VoltageScan,
    walk,
)

__all__ = ["currents_by_label", "first_direction"]


def currents_by_label(plan: Plan, direction: Direction) -> dict[str, float]:
    """Magnitude in A of the constant current that each label orders in this direction.

    A label under which the plan orders several currents is left out: nobody can tell which one a cycle had.
    """
    ordered: dict[str, set[float]] = {}
    for step in _steps(plan):
        label = step.origin.label
        if label is None or not isinstance(step, ConstantCurrent | ConstantCurrentConstantVoltage):
            continue
        if step.direction == direction:
            ordered.setdefault(label, set()).add(abs(step.current_A))
    return {label: currents.pop() for label, currents in ordered.items() if len(currents) == 1}


def first_direction(plan: Plan) -> Direction | None:
    """Direction of the first step that drives a current; None where no step does, or the first does not tell.

    A sweep drives the way it goes: upwards it charges. One whose ends are not both absolute, or both counted from open
    circuit, does not tell; then neither does what follows it.
    """
    for step in _steps(plan):
        if isinstance(step, ConstantCurrent | ConstantCurrentConstantVoltage | ConstantVoltage):
            return step.direction
        if isinstance(step, VoltageScan):
            return _sweep_direction(step)
    return None


def _sweep_direction(scan: VoltageScan) -> Direction | None:
    """Where open circuit meets an absolute voltage, the cyclic voltammogram's vertices tell which is the lower."""
    start, first = scan.start, scan.turns[0]
    if start.versus != first.versus:
        start = scan.turns[-1]
    if start.versus != first.versus or start.voltage_V == first.voltage_V:
        return None
    return "charge" if first.voltage_V > start.voltage_V else "discharge"


def _steps(plan: Plan) -> Iterator[Step]:
    for item in plan.items:
        if isinstance(item, Segment):
            yield from (step for step in walk(item.program.steps) if not isinstance(step, Loop))
