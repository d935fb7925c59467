"""Nodes of a step file: one step, its record conditions, its protection."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from drivers.neware import step_units as units
from drivers.neware.executable import ExecutableStep
from drivers.neware.loop_exit import exit_node
from drivers.neware.numbering import NumberedStep
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Record,
    Rest,
    Until,
    VoltageScan,
)

__all__ = ["STEP_TYPES", "end_node", "protect_node", "record_node", "step_node"]

REST, CYCLE, END = 4, 5, 6
STEP_TYPES = {
    ("constant_current", "charge"): 1,
    ("constant_current", "discharge"): 2,
    ("constant_voltage", "charge"): 3,
    ("constant_voltage", "discharge"): 19,
    ("constant_current_constant_voltage", "charge"): 7,
    ("constant_current_constant_voltage", "discharge"): 20,
}
"""Step_Type numbers; 1, 2, 3, 4, 5, 6, 7 are seen in native files."""
# unconfirmed on hardware: 19 and 20 (constant voltage and CC-CV in discharge) stand in lists only


def step_node(placed: NumberedStep, end: int, protection_delay_s: float | None) -> Element:
    """Return ``<StepN>`` with its own record and protection where it has them; ``end`` is the End step's number."""
    step = placed.step
    if isinstance(step, Loop):
        return _loop_node(placed.number, step, placed.body_start or 1)
    if isinstance(step, (VoltageScan, Impedance)):
        raise TypeError(f"{step.kind} has no step in a step file; check before")
    kind = REST if isinstance(step, Rest) else STEP_TYPES[step.kind, step.direction]
    node = _step(placed.number, kind)
    if step.record is not None:
        node.append(record_node(step.record))
    limit = SubElement(node, "Limit")
    main = SubElement(limit, "Main")
    for tag, text in _conditions(step):
        _value(main, tag, text)
    if isinstance(step, ConstantCurrent) and step.leaves_loop:
        limit.append(exit_node(step, end))
    if step.limits is not None:
        node.append(protect_node(step.limits, protection_delay_s))
    return node


def end_node(number: int) -> Element:
    """Return the End step, mandatory in every file seen."""
    return _step(number, END)


def record_node(record: Record) -> Element:
    """Return ``<Record>``: each condition that is set, independently of the others."""
    node = Element("Record")
    main = SubElement(node, "Main")
    if record.interval_s is not None:
        _value(main, "Time", units.duration(record.interval_s))
    if record.voltage_change_V is not None:
        _value(main, "Volt", units.voltage(record.voltage_change_V))
    if record.current_change_A is not None:
        _value(main, "Curr", units.current(record.current_change_A))
    return node


def protect_node(limits: Limits, delay_s: float | None) -> Element:
    """Return ``<Protect>``: voltage window, current in both directions, capacity, temperature of the aux channel."""
    node = Element("Protect")
    main = SubElement(node, "Main")
    _bounds(main, "Volt", units.voltage(limits.voltage_max_V), units.voltage(limits.voltage_min_V))
    _bounds(main, "Curr", units.current(limits.current_max_A), units.current(-limits.current_max_A))
    if delay_s is not None:
        _value(main, "Delay_Time", units.duration(delay_s))
    if limits.capacity_max_Ah is not None:
        _bounds(main, "Cap", units.capacity(limits.capacity_max_Ah), None)
    upper, lower = (
        None if bound is None else units.temperature(bound)
        for bound in (limits.temperature_max_degC, limits.temperature_min_degC)
    )
    if upper is not None or lower is not None:
        _bounds(SubElement(node, "Aux"), "Temp", upper, lower)
    return node


def _conditions(step: ExecutableStep) -> list[tuple[str, str]]:
    """Return the set points and ends of a step in the order of native files. Currents are magnitudes."""
    set_points: list[tuple[str, str]] = []
    if isinstance(step, (ConstantCurrent, ConstantCurrentConstantVoltage)):
        set_points.append(("Curr", units.current(abs(step.current_A))))
    if isinstance(step, ConstantVoltage):
        set_points.append(("Curr", units.current(step.current_max_A)))
    if isinstance(step, (ConstantVoltage, ConstantCurrentConstantVoltage)):
        set_points.append(("Volt", units.voltage(step.voltage_V)))
    leaves_loop = isinstance(step, ConstantCurrent) and step.leaves_loop
    # beside its condition a Stop_Volt would end the step as well, and the loop would go on
    return set_points + _ends(replace(step.until, voltage_V=None) if leaves_loop else step.until)


def _ends(until: Until) -> list[tuple[str, str]]:
    ends: list[tuple[str, str]] = []
    if until.duration_s is not None:
        ends.append(("Time", units.duration(until.duration_s)))
    if until.voltage_V is not None:
        ends.append(("Stop_Volt", units.voltage(until.voltage_V)))
    if until.current_A is not None:
        ends.append(("Stop_Curr", units.current(until.current_A)))
    if until.capacity_Ah is not None:
        ends.append(("Cap", units.capacity(until.capacity_Ah)))
    return ends


def _loop_node(number: int, loop: Loop, body_start: int) -> Element:
    node = _step(number, CYCLE)
    other = SubElement(SubElement(node, "Limit"), "Other")
    _value(other, "Start_Step", str(body_start))
    _value(other, "Cycle_Count", str(loop.count))
    return node


def _step(number: int, step_type: int) -> Element:
    return Element(f"Step{number}", {"Step_ID": str(number), "Step_Type": str(step_type)})


def _bounds(parent: Element, tag: str, upper: str | None, lower: str | None) -> None:
    node = SubElement(parent, tag)
    if upper is not None:
        _value(node, "Upper", upper)
    if lower is not None:
        _value(node, "Lower", lower)


def _value(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag, Value=text)
