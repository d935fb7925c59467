"""When a step ends, and what then."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cell import Response
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.course import Course, FOREVER_s
from simulators.neware.jump_condition import holds_s
from simulators.neware.protection_trip import hardware_protection, tripped_s
from simulators.neware.step_program import Jump, Protection, Step

__all__ = ["Passed", "StepEnd", "TICK_ms", "find_end"]

TICK_ms = 100
"""A channel looks at its conditions ten times a second; times of steps and of change records are multiples of this."""
_GRID = (1 - np.cos(np.linspace(0, np.pi, 160))) / 2


@dataclass(frozen=True, slots=True)
class Passed:
    """What a step has behind it when it is resumed after a pause."""

    time_ms: int = 0
    capacity_Ah: float = 0.0
    energy_Wh: float = 0.0


@dataclass(frozen=True, slots=True)
class StepEnd:
    """The end of a step: milliseconds from where its course began, and where the program goes on."""

    after_ms: int
    jump: Jump


def _sample_grid(ticks: int) -> NDArray[np.float64]:
    """Instants that resolve a step, closer together at both ends, where voltages run steep."""
    return _GRID * (ticks * TICK_ms / 1000)


def find_end(
    step: Step, course: Course, passed: Passed, protections: tuple[Protection, ...], hardware: ChannelHardware
) -> tuple[StepEnd, Response]:
    """Return the earliest of everything that can end this step, and the course sampled up to there.

    At the same tick protection comes first.
    """
    normal_s = _first_limit_s(step, course, passed)
    normal = _ticks(normal_s)
    response = course.response(_sample_grid(normal))
    ends: list[tuple[int, int, Jump]] = [(normal, 1, "next" if normal_s < FOREVER_s else "protect")]
    ends += [
        (_ticks(found), 1, c.jump)
        for c in step.conditions
        if (found := holds_s(c, response, passed.time_ms / 1000)) is not None
    ]
    for protection in (hardware_protection(hardware), *protections):
        tripped = tripped_s(protection, course, response, passed.capacity_Ah)
        if tripped is not None:
            ends.append((_ticks(tripped), 0, "protect"))
    ticks, _, jump = min(ends, key=lambda end: end[:2])
    if ticks != normal:
        response = course.response(_sample_grid(ticks))
    return StepEnd(ticks * TICK_ms, jump), response


def _ticks(after_s: float) -> int:
    return max(1, math.ceil(after_s * 1000 / TICK_ms - 1e-6))


def _first_limit_s(step: Step, course: Course, passed: Passed) -> float:
    """When the step's own limits end it."""
    horizon_s = FOREVER_s
    if step.duration_s is not None:
        horizon_s = min(horizon_s, max(0.0, step.duration_s - passed.time_ms / 1000))
    if step.capacity_Ah is not None:
        found = course.time_to_charge_s(max(0.0, step.capacity_Ah - passed.capacity_Ah), horizon_s)
        horizon_s = horizon_s if found is None else found
    if step.stop_voltage_V is not None and course.current_A:
        found = course.item.time_to_voltage(course.state, course.current_A, step.stop_voltage_V, horizon_s)
        horizon_s = horizon_s if found is None else found
    if step.stop_current_A is not None and course.held is not None:
        found = course.held.time_to_current_s(step.stop_current_A, horizon_s - course.turn_s)
        horizon_s = horizon_s if found is None else course.turn_s + found
    return horizon_s
