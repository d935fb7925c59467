"""Instrument step numbers: steps in file order, each loop's Cycle step behind its body, End last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.contracts import MappedStep
from protocols.program import Loop, Program, Step

__all__ = ["NumberedStep", "numbered", "step_count", "step_map"]


@dataclass(frozen=True, slots=True)
class NumberedStep:
    """A program step and its place in the instrument."""

    number: int
    step: Step
    loops: tuple[int, ...]
    """Numbers of the Cycle steps around it, outermost first."""
    body_start: int | None = None
    """Of a loop: number of the first step of its body, to which its Cycle step jumps back."""


def numbered(program: Program) -> tuple[NumberedStep, ...]:
    """Return every step with its number, in the instrument's order; without End."""
    return tuple(_number(program.steps, 1, ()))


def step_count(program: Program) -> int:
    """Return how many steps the file has, Cycle steps and End included."""
    return _size(program.steps) + 1


def step_map(program: Program) -> tuple[MappedStep, ...]:
    """Return instrument step number ↔ origin, Cycle steps included, in the instrument's order."""
    return tuple(MappedStep(n.number, n.step.kind, n.step.origin, n.loops) for n in numbered(program))


def _size(steps: tuple[Step, ...]) -> int:
    return sum(_size(step.body) + 1 if isinstance(step, Loop) else 1 for step in steps)


def _number(steps: tuple[Step, ...], first: int, loops: tuple[int, ...]) -> Iterator[NumberedStep]:
    number = first
    for step in steps:
        if isinstance(step, Loop):
            cycle_step = number + _size(step.body)
            yield from _number(step.body, number, (*loops, cycle_step))
            yield NumberedStep(cycle_step, step, loops, body_start=number)
            number = cycle_step + 1
        else:
            yield NumberedStep(number, step, loops)
            number += 1
