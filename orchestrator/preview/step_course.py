"""How one step goes on a model cell, and when it ends by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from orchestrator.preview.model_cell import Array, Held, ModelCell, Response, State
from protocols.program import ConstantCurrent, ConstantCurrentConstantVoltage, ConstantVoltage, Rest, Until

__all__ = ["FOREVER_s", "StepCourse", "course_of"]

FOREVER_s = 60 * 86400.0
"""Longer than any one step is followed."""


@dataclass(frozen=True, slots=True)
class StepCourse:
    """A step from its start to its end; ``duration_s`` is infinite where nothing in it is ever reached."""

    duration_s: float
    current_A: float
    """Of the constant-current phase, signed; zero at rest and where there is none."""
    respond: Callable[[Array], tuple[Array, Array, Array]]
    """Voltage, current, charge at rising instants."""
    state_at: Callable[[float], State]
    turn_s: float = math.inf
    """Where a constant current gives way to a held voltage."""
    reached_voltage: bool = False
    """Whether ``until.voltage_V`` is what ends it."""


def course_of(
    step: Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage, cell: ModelCell, state: State
) -> StepCourse:
    """Begin a step in this state."""
    match step:
        case Rest():
            return _constant(cell, state, 0.0, step.until)
        case ConstantCurrent():
            return _constant(cell, state, step.current_A, step.until)
        case ConstantVoltage():
            held = cell.hold(state, step.voltage_V, step.current_max_A, step.direction)
            return StepCourse(_held_s(held, step.until, 0.0), 0.0, _columns(held.response), held.state_at, 0.0)
        case ConstantCurrentConstantVoltage():
            return _turning(step, cell, state)


def _constant(cell: ModelCell, state: State, current_A: float, until: Until) -> StepCourse:
    duration_s = math.inf if until.duration_s is None else until.duration_s
    if until.capacity_Ah is not None and current_A:
        duration_s = min(duration_s, until.capacity_Ah * 3600 / abs(current_A))
    reached = False
    if until.voltage_V is not None and current_A:
        found_s = cell.time_to_voltage(state, current_A, until.voltage_V, min(duration_s, FOREVER_s))
        reached = found_s is not None
        duration_s = duration_s if found_s is None else found_s
    return StepCourse(
        duration_s,
        current_A,
        _columns(lambda elapsed_s: cell.under_current(state, current_A, elapsed_s)),
        lambda elapsed_s: cell.advance(state, current_A, elapsed_s),
        reached_voltage=reached,
    )


def _turning(step: ConstantCurrentConstantVoltage, cell: ModelCell, state: State) -> StepCourse:
    first = _constant(cell, state, step.current_A, Until(step.until.duration_s, step.voltage_V, None, None))
    until = step.until
    passed_s = math.inf if until.capacity_Ah is None else until.capacity_Ah * 3600 / abs(step.current_A)
    if not first.reached_voltage or passed_s <= first.duration_s:
        return StepCourse(min(first.duration_s, passed_s), step.current_A, first.respond, first.state_at)
    turn_s = first.duration_s
    way: Literal["charge", "discharge"] = step.direction
    held = cell.hold(first.state_at(turn_s) if turn_s else state, step.voltage_V, abs(step.current_A), way)
    before_Ah = step.current_A * turn_s / 3600
    left = Until(
        None if until.duration_s is None else until.duration_s - turn_s,
        None,
        until.current_A,
        None if until.capacity_Ah is None else until.capacity_Ah - abs(before_Ah),
    )
    second = _columns(held.response)

    def respond(elapsed_s: Array) -> tuple[Array, Array, Array]:
        split = int(np.searchsorted(elapsed_s, turn_s, side="left"))
        early, late = first.respond(elapsed_s[:split]), second(elapsed_s[split:] - turn_s)
        joined = [np.concatenate(pair) for pair in zip(early, (*late[:2], before_Ah + late[2]), strict=True)]
        return joined[0], joined[1], joined[2]

    def state_at(elapsed_s: float) -> State:
        return first.state_at(elapsed_s) if elapsed_s < turn_s else held.state_at(elapsed_s - turn_s)

    return StepCourse(turn_s + _held_s(held, left, turn_s), step.current_A, respond, state_at, turn_s)


def _held_s(held: Held, until: Until, passed_s: float) -> float:
    horizon_s = FOREVER_s - passed_s if until.duration_s is None else until.duration_s
    found = [math.inf if until.duration_s is None else until.duration_s]
    if until.current_A is not None:
        decayed = held.time_to_current_s(until.current_A, horizon_s)
        found.append(math.inf if decayed is None else decayed)
    if until.capacity_Ah is not None:
        passed = held.time_to_charge_s(until.capacity_Ah, horizon_s)
        found.append(math.inf if passed is None else passed)
    return min(found)


def _columns(response: Callable[[Array], Response]) -> Callable[[Array], tuple[Array, Array, Array]]:
    def respond(elapsed_s: Array) -> tuple[Array, Array, Array]:
        answer = response(elapsed_s)
        return answer.voltage_V, answer.current_A, answer.charge_Ah

    return respond
