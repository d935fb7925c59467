"""Rest, constant current and held voltage as techniques: OCV, CPLIMIT and CALIMIT, one step each.

One step a technique: rows of these techniques do not tell their step.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.biologic.limit_tests import Exit, LimitTest, cut_off, decayed, limit_parameters, protection
from drivers.biologic.loading import Loading
from drivers.biologic.recording import by_time_and_current, by_time_and_voltage
from drivers.biologic.technique_list import Parameter, StepRows, Technique
from drivers.biologic.time_base import OPEN_ENDED_s, time_base_s
from drivers.contracts import StepKind
from protocols.program import ConstantCurrent, ConstantCurrentConstantVoltage, ConstantVoltage, Rest, Until

__all__ = [
    "END_MARKS",
    "Ending",
    "constant_current",
    "constant_current_constant_voltage",
    "constant_voltage",
    "ending",
    "in_two",
    "rest",
]

_KINDS = {
    ("constant_current", "charge"): StepKind.CC_CHARGE,
    ("constant_current", "discharge"): StepKind.CC_DISCHARGE,
    ("constant_voltage", "charge"): StepKind.CV_CHARGE,
    ("constant_voltage", "discharge"): StepKind.CV_DISCHARGE,
}
_SECONDS_AN_HOUR = 3600.0
_STEP = 0

_END_MARK = Technique(
    stem="ocv",
    parameters=(
        Parameter("Rest_time_T", 0.2),
        Parameter("Record_every_dT", 0.1),
        Parameter("Record_every_dE", 0.0),
        Parameter("E_Range", 2),
        Parameter("tb", time_base_s("ocv")),
    ),
    time_base_s=time_base_s("ocv"),
    end_mark=True,
)
END_MARKS = (_END_MARK, _END_MARK)
"""Last of every list: whoever finds rows of one knows that the list ended by itself, and was not stopped.

Two, because rows of two techniques never share a buffer: a kill in a read, which takes one buffer, leaves the other.
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends one technique of constant steps."""

    duration_s: float
    tests: tuple[LimitTest, ...]
    """Evaluated by the board."""
    exit_condition: Exit


def ending(step: ConstantCurrent | ConstantVoltage, given: Loading) -> Ending:
    """Return what ends a step: its own end, else protection, since there is one exit condition."""
    own = _own_end(step)
    guards = protection(given.limits, "current" if isinstance(step, ConstantCurrent) else "voltage")
    if own is None:
        return Ending(_duration_s(step), guards, Exit.STOP)
    if isinstance(step, ConstantCurrent) and step.leaves_loop:
        other_side = tuple(it for it in guards if it.at_least != own.at_least)
        return Ending(_duration_s(step), (own, *other_side), Exit.STOP)
    return Ending(_duration_s(step), (own,), Exit.NEXT_TECHNIQUE)


def _own_end(step: ConstantCurrent | ConstantVoltage) -> LimitTest | None:
    if isinstance(step, ConstantCurrent):
        voltage_V = step.until.voltage_V
        return None if voltage_V is None else cut_off(step.direction, voltage_V)
    current_A = step.until.current_A
    return None if current_A is None else decayed(step.direction, current_A)


def _duration_s(step: ConstantCurrent | ConstantVoltage) -> float:
    """Return the duration, that in which the current passes the capacity included."""
    candidates = [step.until.duration_s]
    if isinstance(step, ConstantCurrent) and step.until.capacity_Ah is not None and step.current_A:
        candidates.append(step.until.capacity_Ah / abs(step.current_A) * _SECONDS_AN_HOUR)
    return min((it for it in candidates if it is not None), default=OPEN_ENDED_s)


def rest(step: Rest, given: Loading, numbers: tuple[int, ...]) -> list[Technique]:
    """OCV. It knows no limits."""
    duration_s = step.until.duration_s or 0.0
    tick_s = time_base_s("ocv", duration_s)
    parameters = [Parameter("Rest_time_T", float(duration_s)), *by_time_and_voltage(given.record)]
    hardware = [given.potential_range(), Parameter("tb", tick_s)]
    rows = (StepRows(numbers[0], StepKind.REST),)
    return [Technique("ocv", (*parameters, *hardware), tick_s, rows, given.service_limits)]


def constant_current(step: ConstantCurrent, given: Loading, numbers: tuple[int, ...]) -> list[Technique]:
    """CPLIMIT, in the smallest range that carries the current."""
    ends = ending(step, given)
    tick_s = time_base_s("cplimit", ends.duration_s)
    parameters = [
        Parameter("Current_step", float(step.current_A), _STEP),
        *_one_step(ends),
        *by_time_and_voltage(given.record),
        *given.hardware(given.current_range(step.current_A), tick_s),
    ]
    rows = (StepRows(numbers[0], _KINDS["constant_current", step.direction]),)
    return [Technique("cplimit", tuple(parameters), tick_s, rows, given.service_limits, leaves_loop=step.leaves_loop)]


def constant_voltage(step: ConstantVoltage, given: Loading, numbers: tuple[int, ...]) -> list[Technique]:
    """CALIMIT. The board limits the current by its range alone: the smallest that carries it."""
    ends = ending(step, given)
    tick_s = time_base_s("calimit", ends.duration_s)
    parameters = [
        Parameter("Voltage_step", float(step.voltage_V), _STEP),
        *_one_step(ends),
        *by_time_and_current(given.record),
        *given.hardware(given.current_range(step.current_max_A), tick_s),
    ]
    rows = (StepRows(numbers[0], _KINDS["constant_voltage", step.direction]),)
    return [Technique("calimit", tuple(parameters), tick_s, rows, given.service_limits)]


def in_two(step: ConstantCurrentConstantVoltage) -> tuple[ConstantCurrent, ConstantVoltage]:
    """Return the two phases of a CC-CV step, which are two techniques."""
    to_voltage = Until(voltage_V=step.voltage_V)
    return (
        ConstantCurrent(step.current_A, to_voltage, step.origin, step.record, step.limits),
        ConstantVoltage(
            step.voltage_V, step.direction, abs(step.current_A), step.until, step.origin, step.record, step.limits
        ),
    )


def constant_current_constant_voltage(
    step: ConstantCurrentConstantVoltage, given: Loading, numbers: tuple[int, ...]
) -> list[Technique]:
    """CPLIMIT, then CALIMIT."""
    first, second = in_two(step)
    return [*constant_current(first, given, numbers[:1]), *constant_voltage(second, given, numbers[1:])]


def _one_step(ends: Ending) -> list[Parameter]:
    return [
        Parameter("vs_initial", value=False, index=_STEP),
        Parameter("Duration_step", float(ends.duration_s), _STEP),
        Parameter("Step_number", 0),
        Parameter("N_Cycles", 0),
        *limit_parameters(ends.tests, ends.exit_condition, _STEP),
    ]
