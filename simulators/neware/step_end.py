"""When a step ends, and what then."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cell import Response
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.course import FOREVER_s, Course
from simulators.neware.step_program import Condition, Jump, Protection, Step

__all__ = ["TICK_ms", "Passed", "StepEnd", "find_end"]

TICK_ms = 100
"""A channel looks at its conditions ten times a second; times of steps and of change records are multiples of this."""
_GRID = (1 - np.cos(np.linspace(0, np.pi, 160))) / 2
_DELAY_SAMPLES = 9


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
    """The earliest of everything that can end this step, and the course sampled up to there.

    At the same tick protection comes first.
    """
    normal_s = _first_limit_s(step, course, passed)
    normal = _ticks(normal_s)
    response = course.response(_sample_grid(normal))
    ends = [(normal, 1, "next" if normal_s < FOREVER_s else "protect")]
    ends += [
        (_ticks(found), 1, c.jump) for c in step.conditions if (found := _holds_s(c, response, passed)) is not None
    ]
    for protection in (_of_hardware(hardware), *protections):
        tripped = _tripped_s(protection, course, response, passed, normal_s)
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


def _of_hardware(hardware: ChannelHardware) -> Protection:
    """The range's own ends, a hair inside so that a voltage at the rail is noticed."""
    return Protection(voltage_max_V=hardware.voltage_max_V - 1e-3, voltage_min_V=hardware.voltage_min_V + 1e-3)


def _tripped_s(
    protection: Protection, course: Course, response: Response, passed: Passed, horizon_s: float
) -> float | None:
    found = [
        _beyond_s(course, response, horizon_s, protection.delay_s, protection.voltage_max_V, "voltage", above=True),
        _beyond_s(course, response, horizon_s, protection.delay_s, protection.voltage_min_V, "voltage", above=False),
        _beyond_s(course, response, horizon_s, protection.delay_s, protection.current_max_A, "current", above=True),
        _beyond_s(course, response, horizon_s, protection.delay_s, protection.current_min_A, "current", above=False),
    ]
    if protection.capacity_max_Ah is not None:
        # unconfirmed on hardware: taken as the capacity of one step, as the counter that the channel shows
        full_s = course.time_to_charge_s(max(0.0, protection.capacity_max_Ah - passed.capacity_Ah), horizon_s)
        found.append(
            None if full_s is None or full_s + protection.delay_s >= horizon_s else full_s + protection.delay_s
        )
    return min((f for f in found if f is not None), default=None)


def _beyond_s(
    course: Course, response: Response, horizon_s: float, delay_s: float, limit: float | None, what: str, *, above: bool
) -> float | None:
    """When a quantity has been beyond a limit for the whole delay."""
    if limit is None:
        return None
    values = response.voltage_V if what == "voltage" else response.current_A
    beyond = values > limit if above else values < limit
    if not beyond.any():
        return None
    index = int(beyond.argmax())
    began_s = float(response.elapsed_s[index])
    if index and what == "voltage" and course.held is None:
        exact = course.item.time_to_voltage(course.state, course.current_A, limit, horizon_s, above)
        began_s = began_s if exact is None else exact
    if delay_s == 0:
        return began_s
    if began_s + delay_s > horizon_s:
        return None
    later = course.response(np.linspace(began_s, began_s + delay_s, _DELAY_SAMPLES)[1:])
    values = later.voltage_V if what == "voltage" else later.current_A
    stays = (values > limit) if above else (values < limit)
    return began_s + delay_s if bool(stays.all()) else None


def _holds_s(condition: Condition, response: Response, passed: Passed) -> float | None:
    """When a jump condition first holds; straight between the points of the grid. Currents count unsigned."""
    elapsed_s = response.elapsed_s
    series = {
        "voltage": response.voltage_V,
        "current": np.abs(response.current_A),
        "time": elapsed_s + passed.time_ms / 1000,
    }[condition.quantity]
    sign = 1.0 if condition.comparison in {">", ">="} else -1.0
    excess = sign * (series - condition.value)
    holds = excess >= 0 if condition.comparison in {">=", "<="} else excess > 0
    if not holds.any():
        return None
    index = int(holds.argmax())
    if index == 0:
        return 0.0
    part = excess[index - 1] / (excess[index - 1] - excess[index])
    return float(elapsed_s[index - 1] + part * (elapsed_s[index] - elapsed_s[index - 1]))
