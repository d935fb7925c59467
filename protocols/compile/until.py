"""What ends a step, in absolute values; and whether it can."""

from __future__ import annotations

from protocols.compile.job import Job
from protocols.errors import Place, Refusal, quoted
from protocols.program import Direction, Until
from protocols.quantity import Quantity
from protocols.schema.until import UntilSection
from protocols.schema.written import Written

__all__ = ["bind_until", "check_cut_off", "refuse_endless_hold"]


def bind_until(section: UntilSection, job: Job) -> Until:
    """Bind the conditions. Raises Refusal where nothing is given, or more charge than the limits let pass."""
    if not any((section.voltage, section.duration, section.capacity, section.current)):
        raise Refusal(section.place, "the step never ends", "write until: {voltage: 1.5 V}, or a duration or capacity")
    scope, binding = job.scope, job.binding
    capacity_Ah = current_A = None
    if section.capacity:
        capacity_Ah = binding.capacity_Ah(scope.value(section.capacity), section.capacity.node.place)
        job.protection.check_capacity(capacity_Ah, section.capacity.node.place)
    if section.current:
        current_A = binding.current_A(scope.value(section.current), section.current.node.place)
    return Until(
        duration_s=scope.value(section.duration).value if section.duration else None,
        voltage_V=scope.value(section.voltage).value if section.voltage else None,
        current_A=current_A,
        capacity_Ah=capacity_Ah,
    )


def check_cut_off(written: Written[Quantity], direction: Direction, job: Job) -> None:
    """Raise Refusal where the voltage cannot be approached in this direction, or lies outside the limits."""
    voltage, place = job.scope.value(written), written.node.place
    job.protection.check_voltage(voltage, place)
    _warn_at_limit(voltage, direction, place, job)
    if job.window is None:
        return
    low, high = job.window
    window = f"[{low:g} V, {high:g} V]"
    if direction == "charge" and voltage.value <= low:
        message = f"a cell in its window {window} never charges down to {quoted(voltage.text)}"
        raise Refusal(place, message, f"write discharge, or a voltage up to {high:g} V")
    if direction == "discharge" and voltage.value >= high:
        message = f"a cell in its window {window} never discharges up to {quoted(voltage.text)}"
        raise Refusal(place, message, f"write charge, or a voltage down to {low:g} V")
    if not low <= voltage.value <= high:
        remedy = f"stay within {window} unless it is meant"
        job.warnings.append(Refusal(place, f"{quoted(voltage.text)} is outside the cell's window", remedy))


def _warn_at_limit(voltage: Quantity, direction: Direction, place: Place, job: Job) -> None:
    limits = job.protection.limits
    edge = limits.voltage_max_V if direction == "charge" else limits.voltage_min_V
    if voltage.value == edge:
        message = f"{quoted(voltage.text)} is the very limit: protection may end the test first"
        job.warnings.append(Refusal(place, message, "leave some 50 mV between cut-off and limit"))


def refuse_endless_hold(section: UntilSection, job: Job, current: Quantity) -> None:
    """Raise Refusal where a constant-voltage phase cannot end, or ends at once at the given starting current."""
    if section.voltage:
        message = "the voltage is held, so the step never ends by reaching one"
        raise Refusal(section.voltage.node.place, message, "write until: {current: 0.05C} or a duration")
    if section.capacity and not (section.current or section.duration):
        message = "a held voltage may never pass this much charge, so the step may never end"
        raise Refusal(section.capacity.node.place, message, "add a current or a duration")
    if section.current:
        cut_off = job.scope.value(section.current)
        if job.binding.current_ratio(cut_off, current, section.current.node.place) >= 1:
            message = f"{quoted(cut_off.text)} is not below {quoted(current.text)}, where the current begins"
            raise Refusal(section.current.node.place, message, "write a smaller current such as 0.05C")
