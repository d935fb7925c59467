"""Steps that a channel executes, bound to a cell. One function for each family."""

from __future__ import annotations

from protocols.compile.job import Job
from protocols.compile.step_options import own_limits, own_record, protected
from protocols.compile.until import bind_until, check_cut_off, refuse_endless_hold
from protocols.errors import Place, Refusal
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Direction,
    Rest,
    Until,
)
from protocols.quantity import Quantity
from protocols.schema.constant_current import ConstantCurrentSection
from protocols.schema.hold import HoldSection
from protocols.schema.rest import RestSection

__all__ = ["OpenHold", "bind_constant_current", "bind_hold", "bind_rest"]


class OpenHold(Refusal):
    """A hold does not say what the step before it would have said; no finding where that step was refused."""


def bind_rest(section: RestSection, job: Job) -> Rest:
    """Bind a rest. Raises Refusal."""
    duration_s = job.scope.value(section.for_).value
    return Rest(
        Until(duration_s=duration_s), job.origin, own_record(section.record, job), own_limits(section.limits, job)
    )


def bind_constant_current(
    section: ConstantCurrentSection, direction: Direction, job: Job
) -> ConstantCurrent | ConstantCurrentConstantVoltage:
    """Bind a charge or a discharge. Raises Refusal where it breaks the limits or can never end."""
    job = protected(section.limits, job)
    current, place = job.scope.value(section.current), section.current.node.place
    job.protection.check_current(current, job.binding, place)
    magnitude_A = job.binding.current_A(current, place)
    current_A = magnitude_A if direction == "charge" else -magnitude_A
    until = bind_until(section.until, job)
    record, limits = own_record(section.record, job), own_limits(section.limits, job)
    if section.hold_at is not None:
        check_cut_off(section.hold_at, direction, job)
        refuse_endless_hold(section.until, job, current)
        voltage_V = job.scope.value(section.hold_at).value
        return ConstantCurrentConstantVoltage(current_A, voltage_V, until, job.origin, record, limits)
    if section.until.current is not None:
        message = "the current stays constant, so the step never ends by it"
        raise Refusal(section.until.current.node.place, message, "add hold_at: 1.5 V, or end it by voltage or duration")
    if section.until.voltage is not None:
        check_cut_off(section.until.voltage, direction, job)
    return ConstantCurrent(current_A, until, job.origin, record, limits)


def bind_hold(section: HoldSection, job: Job) -> ConstantVoltage:
    """Bind a held voltage. Raises Refusal where direction or current are neither written nor to be inferred."""
    job = protected(section.limits, job)
    job.protection.check_voltage(job.scope.value(section.voltage), section.voltage.node.place)
    direction = section.direction or _direction_before(job, section.place)
    if section.max_current is not None:
        most = job.scope.value(section.max_current)
        job.protection.check_current(most, job.binding, section.max_current.node.place)
        current_max_A = job.binding.current_A(most, section.max_current.node.place)
    else:
        current_max_A = _current_before(job, section.place)
        most = Quantity(current_max_A, "A", f"{current_max_A * 1000:g} mA")
    until = bind_until(section.until, job)
    refuse_endless_hold(section.until, job, most)
    voltage_V = job.scope.value(section.voltage).value
    record, limits = own_record(section.record, job), own_limits(section.limits, job)
    return ConstantVoltage(voltage_V, direction, current_max_A, until, job.origin, record, limits)


def _direction_before(job: Job, place: Place) -> Direction:
    if isinstance(job.before, ConstantCurrent | ConstantCurrentConstantVoltage | ConstantVoltage):
        return job.before.direction
    remedy = "add direction: charge, or direction: discharge"
    raise OpenHold(place, "no charge or discharge stands directly before the hold: its direction is open", remedy)


def _current_before(job: Job, place: Place) -> float:
    match job.before:
        case ConstantCurrent(current_A=current_A) | ConstantCurrentConstantVoltage(current_A=current_A):
            return abs(current_A)
        case ConstantVoltage(current_max_A=current_max_A):
            return current_max_A
        case _:
            message = "no charge or discharge stands directly before the hold: its largest current is open"
            raise OpenHold(place, message, "add max_current: 1C")
