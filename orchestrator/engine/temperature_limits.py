"""The temperatures that a segment's program allows its cell, step by step. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.contracts import MappedStep
from protocols.program import Limits, Loop, Program, walk

__all__ = ["TemperatureLimits", "temperature_limits"]

_Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TemperatureLimits:
    """Lowest and highest temperature of the cell in degC, infinite where there is none on one side."""

    program_degC: _Span | None
    """Of the whole program; None: only single steps have limits."""
    steps_degC: Mapping[int, _Span]
    """By instrument step, of those with limits of their own."""

    def at(self, step: int | None) -> _Span | None:
        """At an instrument step; the program's where it has none of its own, or where nobody tells the step."""
        return self.program_degC if step is None else self.steps_degC.get(step, self.program_degC)


def temperature_limits(program: Program, step_map: Sequence[MappedStep]) -> TemperatureLimits | None:
    """Return them; None where neither the program nor a step has any."""
    of_lines = {
        step.origin: span
        for step in walk(program.steps)
        if not isinstance(step, Loop) and step.limits is not None and (span := _span(step.limits)) is not None
    }
    whole = _span(program.limits)
    if whole is None and not of_lines:
        return None
    steps = {row.step: of_lines[row.origin] for row in step_map if row.kind != "loop" and row.origin in of_lines}
    return TemperatureLimits(whole, steps)


def _span(limits: Limits) -> _Span | None:
    low_degC, high_degC = limits.temperature_min_degC, limits.temperature_max_degC
    if low_degC is None and high_degC is None:
        return None
    return (
        float("-inf") if low_degC is None else low_degC,
        float("inf") if high_degC is None else high_degC,
    )
