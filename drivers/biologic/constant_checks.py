"""What would be refused of a rest, a constant current or a held voltage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from drivers.biologic.bounds import beyond_channel_current, beyond_voltage, is_positive
from drivers.biologic.loading import Loading
from drivers.biologic.time_base import DURATION_MAX_s
from drivers.contracts import Capabilities, Problem
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Rest,
    Until,
)

__all__ = ["ConstantStep", "constant_problems"]

ConstantStep = Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage

_ENDS = {
    "rest": {"duration_s"},
    "constant_current": {"duration_s", "voltage_V", "capacity_Ah"},
    "constant_voltage": {"duration_s", "current_A"},
    "constant_current_constant_voltage": {"current_A"},
}
"""What can end a step of this kind on the board."""
_REMEDIES = {
    ("constant_current_constant_voltage", "duration_s"): "it is two techniques with a duration each; "
    "write it as two steps, a charge or discharge and a hold",
    ("constant_current_constant_voltage", "capacity_Ah"): "a board counts no charge; end it by current",
    ("constant_voltage", "capacity_Ah"): "a board counts no charge; end it by current or duration",
}
_CHANGES = {
    "rest": ("voltage_change_V",),
    "constant_current": ("voltage_change_V",),
    "constant_voltage": ("current_change_A",),
    "constant_current_constant_voltage": ("voltage_change_V", "current_change_A"),
}
"""What its phases are recorded by, where not by time."""


def constant_problems(step: ConstantStep, given: Loading, can: Capabilities) -> Iterator[Problem]:
    """Set points, what ends it, and whether anything is recorded."""
    if isinstance(step, (ConstantCurrent, ConstantCurrentConstantVoltage)):
        if not abs(step.current_A) > 0:
            yield Problem(f"a current of {step.current_A:g} A; write a rest", step.origin)
        yield from beyond_channel_current("current", step.current_A, step.origin, can)
    if isinstance(step, (ConstantVoltage, ConstantCurrentConstantVoltage)):
        yield from beyond_voltage("voltage", step.voltage_V, step.origin, can, given.limits)
    if isinstance(step, ConstantVoltage):
        yield from beyond_channel_current("current", step.current_max_A, step.origin, can)
    yield from _ends(step, given, can)
    if given.record.interval_s is None and any(getattr(given.record, name) is None for name in _CHANGES[step.kind]):
        yield Problem(f"{step.kind} without records; give it record: {{every: 10 s}}", step.origin)


def _ends(step: ConstantStep, given: Loading, can: Capabilities) -> Iterator[Problem]:
    ends = {field.name: getattr(step.until, field.name) for field in fields(Until)}
    values = {name: value for name, value in ends.items() if value is not None}
    if not values:
        yield Problem(f"{step.kind} never ends; give it an until", step.origin)
    for name in sorted(values.keys() - _ENDS[step.kind]):
        remedy = _REMEDIES.get((step.kind, name), f"use {' or '.join(sorted(_ENDS[step.kind]))}")
        yield Problem(f"a VSP-300 channel cannot end {step.kind} by {name}: {remedy}", step.origin)
    for name in sorted(values.keys() & _ENDS[step.kind]):
        if name == "voltage_V":
            yield from beyond_voltage("until voltage", values[name], step.origin, can, given.limits)
        elif not is_positive(values[name]):
            yield Problem(f"until.{name} is {values[name]}; it must be above 0", step.origin)
    if values.get("duration_s", 0.0) > DURATION_MAX_s:
        yield Problem(
            f"{values['duration_s']:g} s is longer than a channel counts, {DURATION_MAX_s:g} s; repeat a shorter step",
            step.origin,
        )
