"""Step numbers of our own, since EClib has none: one for each kind of row that a record may belong to.

Steps count in file order from 1, each loop behind its body. A CC-CV step has two numbers, a voltage scan one for each
half-scan of a cycle and one for its last sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.contracts import MappedStep
from protocols.program import ConstantCurrentConstantVoltage, Loop, Program, Step, VoltageScan

__all__ = ["PlacedStep", "placed_steps", "step_map"]


@dataclass(frozen=True, slots=True)
class PlacedStep:
    """A step of the program with its numbers; a loop comes behind its body."""

    step: Step
    numbers: tuple[int, ...]
    loops: tuple[int, ...]
    """Numbers of the loops around it, outermost first."""
    body_start: int | None = None
    """Of a loop: place of the first step of its body in the order of :func:`placed_steps`."""


def placed_steps(program: Program) -> tuple[PlacedStep, ...]:
    """Return all steps in the order in which they are loaded."""
    return tuple(_place(program.steps, 1, 0, ()))


def step_map(program: Program) -> tuple[MappedStep, ...]:
    """Return number ↔ origin; the numbers of one step share its origin."""
    return tuple(
        MappedStep(number, placed.step.kind, placed.step.origin, placed.loops)
        for placed in placed_steps(program)
        for number in placed.numbers
    )


def _place(steps: tuple[Step, ...], number: int, place: int, loops: tuple[int, ...]) -> Iterator[PlacedStep]:
    for step in steps:
        if isinstance(step, Loop):
            own = number + sum(_numbers(it) for it in step.body)
            yield from _place(step.body, number, place, (*loops, own))
            yield PlacedStep(step, (own,), loops, body_start=place)
        else:
            yield PlacedStep(step, tuple(range(number, number + _numbers(step))), loops)
        number += _numbers(step)
        place += _places(step)


def _numbers(step: Step) -> int:
    if isinstance(step, Loop):
        return sum(_numbers(it) for it in step.body) + 1
    if isinstance(step, VoltageScan):
        return len(step.turns) + (step.end is not None)
    return 2 if isinstance(step, ConstantCurrentConstantVoltage) else 1


def _places(step: Step) -> int:
    return sum(_places(it) for it in step.body) + 1 if isinstance(step, Loop) else 1
