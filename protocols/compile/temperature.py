"""A temperature step, against the limits."""

from __future__ import annotations

from protocols.compile.job import Job
from protocols.errors import Refusal, quoted
from protocols.estimate.temperature import ramp_and_soak_s
from protocols.plan import SetTemperature
from protocols.quantity import Quantity
from protocols.schema.temperature import TemperatureSection

__all__ = ["bind_temperature"]

_WITHIN_K = 0.5
_PATIENCE = 2.0
"""Times what ramp and soak are expected to take; a loaded chamber is slower than it was told to be."""
_PATIENCE_S_MIN = 4 * 3600.0
"""Beyond the soak, however near the temperature is: chambers creep towards their set point."""


def bind_temperature(section: TemperatureSection, job: Job, from_degC: float) -> SetTemperature:
    """Bind the step; ``from_degC`` is where the chamber is expected to be. Raises Refusal."""
    scope = job.scope
    target = scope.value(section.to)
    within_K = scope.value(section.within).value if section.within else _WITHIN_K
    _check_limits(section, target, within_K, job)
    soak_s = scope.value(section.soak).value if section.soak else 0.0
    ramp = scope.value(section.ramp).value * 60 if section.ramp else None
    expected_s = ramp_and_soak_s(from_degC, target.value, ramp, soak_s)
    if section.give_up_after is None:
        give_up_s = max(_PATIENCE * expected_s, soak_s + _PATIENCE_S_MIN)
    else:
        give_up_s = _patience_s(section, scope.value(section.give_up_after), soak_s, expected_s, job)
    return SetTemperature(target.value, within_K, soak_s, ramp, give_up_s, job.origin.line)


def _check_limits(section: TemperatureSection, target: Quantity, within_K: float, job: Job) -> None:
    limits, place = job.protection.limits, section.to.node.place
    low, high = limits.temperature_min_degC, limits.temperature_max_degC
    if low is None or high is None:
        message = "the protocol changes the temperature and has no limits.temperature"
        raise Refusal(
            section.place, message, "add temperature: [-5 degC, 60 degC] to limits, as wide as the cell allows"
        )
    span = f"limits.temperature [{low:g} degC, {high:g} degC]"
    if not low <= target.value <= high:
        message = f"{quoted(target.text)} is outside {span}"
        raise Refusal(place, message, "choose a temperature between the limits, or widen them if the cell allows it")
    if not low <= target.value - within_K <= target.value + within_K <= high:
        message = f"{quoted(target.text)} within {within_K:g} K reaches past {span}: protection may end the test first"
        job.warnings.append(Refusal(place, message, "leave some 5 K between temperature and limit"))


def _patience_s(section: TemperatureSection, patience: Quantity, soak_s: float, expected_s: float, job: Job) -> float:
    assert section.give_up_after is not None  # noqa: S101 - the caller's case
    place = section.give_up_after.node.place
    if patience.value <= soak_s:
        remedy = "write a longer time, or a shorter soak"
        raise Refusal(place, f"{quoted(patience.text)} is over before the soak is", remedy)
    if patience.value < expected_s:
        message = f"{quoted(patience.text)} is less than ramp and soak are expected to take, {expected_s / 3600:.2g} h"
        job.warnings.append(Refusal(place, message, "write a longer time, or leave give_up_after out"))
    return patience.value
