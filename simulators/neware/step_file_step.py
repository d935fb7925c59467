"""Reading one step of a step file, and the record and protection blocks that steps and whole files share."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from simulators.neware.step_file_element import StepFileError, Units, child, number, optional_number
from simulators.neware.step_program import Comparison, Condition, Jump, Protection, Quantity, RecordRule, Step, StepKind

__all__ = ["parse_protection", "parse_record", "parse_step"]

_KINDS: dict[int, StepKind] = {
    1: "cc_charge", 2: "cc_discharge", 3: "cv_charge", 4: "rest", 5: "cycle", 6: "end", 7: "cccv_charge",
    8: "cp_discharge", 9: "cp_charge", 10: "cr_discharge", 13: "pause", 16: "pulse", 17: "simulation",
    18: "pcccv_charge", 19: "cv_discharge", 20: "cccv_discharge", 21: "control", 22: "ocv", 25: "ramp",
    26: "cpcv_discharge", 27: "cpcv_charge",
}  # fmt: skip
_QUANTITIES: dict[int, Quantity] = {1: "voltage", 2: "current", 3: "time"}
_COMPARISONS: dict[int, Comparison] = {3: ">", 4: ">=", 5: "<", 6: "<="}
# unconfirmed on hardware: the numbers beyond 65530 come from another writer of step files, one of them as "6535"
_JUMPS: dict[int, Jump] = {65526: "next", 65535: "finish", 6535: "finish", 65534: "protect", 65533: "stop"}


def parse_record(main: Element | None, units: Units) -> RecordRule | None:
    """Read a ``Record/Main`` block."""
    if main is None:
        return None
    return RecordRule(
        interval_s=units.time_s(optional_number(main, "Time")),
        voltage_change_V=units.voltage_V(optional_number(main, "Volt")),
        current_change_A=units.current_A(optional_number(main, "Curr")),
    )


def parse_protection(block: Element | None, units: Units) -> Protection | None:
    """Read a ``Protect`` block with its ``Main`` and ``Aux``."""
    if block is None:
        return None
    main = block.find("Main")
    return Protection(
        voltage_max_V=units.voltage_V(optional_number(main, "Volt/Upper")),
        voltage_min_V=units.voltage_V(optional_number(main, "Volt/Lower")),
        current_max_A=units.current_A(optional_number(main, "Curr/Upper")),
        current_min_A=units.current_A(optional_number(main, "Curr/Lower")),
        capacity_max_Ah=units.capacity_Ah(optional_number(main, "Cap/Upper")),
        temperature_max_degC=units.temperature_degC(_first(block, "Aux/Temp/Upper", "Aux/Step_TempH")),
        temperature_min_degC=units.temperature_degC(_first(block, "Aux/Temp/Lower", "Aux/Step_TempL")),
        delay_s=units.time_s(optional_number(main, "Delay_Time")) or 0.0,
    )


def parse_step(element: Element, units: Units, nominal_Ah: float | None) -> Step:
    """Read a ``StepN`` element. Kinds that cannot be executed are read as far as they are understood."""
    number_of_step = int(number(element, "Step_ID"))
    code = int(number(element, "Step_Type"))
    if code not in _KINDS:
        raise StepFileError(f"step {number_of_step}: Step_Type {code} is unknown")
    main, other = element.find("Limit/Main"), element.find("Limit/Other")
    start, count = optional_number(other, "Start_Step"), optional_number(other, "Cycle_Count")
    return Step(
        number=number_of_step,
        kind=_KINDS[code],
        current_A=_current_A(main, "Curr", "Rate", units, nominal_Ah),
        voltage_V=units.voltage_V(optional_number(main, "Volt")),
        duration_s=units.time_s(optional_number(main, "Time")),
        stop_voltage_V=units.voltage_V(optional_number(main, "Stop_Volt")),
        stop_current_A=_current_A(main, "Stop_Curr", "Stop_Rate", units, nominal_Ah),
        capacity_Ah=units.capacity_Ah(optional_number(main, "Cap")),
        start_step=None if start is None else int(start),
        cycle_count=None if count is None else int(count),
        record=parse_record(element.find("Record/Main"), units),
        protection=parse_protection(element.find("Protect"), units),
        conditions=_conditions(other, units),
    )


def _first(block: Element, *paths: str) -> float | None:
    return next((value for path in paths if (value := optional_number(block, path)) is not None), None)


def _current_A(main: Element | None, tag: str, rate: str, units: Units, nominal_Ah: float | None) -> float | None:
    """Read an absolute current; where only a C-rate stands, the rate times the file's nominal capacity."""
    current = units.current_A(optional_number(main, tag))
    c_rate = optional_number(main, rate)
    if current is None and c_rate is not None and nominal_Ah is not None:
        return c_rate * nominal_Ah
    return current


def _conditions(other: Element | None, units: Units) -> tuple[Condition, ...]:
    count = int(optional_number(other, "CndCount") or 0)
    if other is None or not count:
        return ()
    return tuple(_condition(child(other, f"Cnd{index}"), units) for index in range(1, count + 1))


def _condition(element: Element, units: Units) -> Condition:
    kind, comparison = int(number(element, "type")), int(number(element, "CmpType"))
    if kind not in _QUANTITIES or comparison not in _COMPARISONS:
        raise StepFileError(f"<{element.tag}> type={kind} CmpType={comparison} is unknown")
    quantity = _QUANTITIES[kind]
    raw = number(element)
    value = {"voltage": units.voltage_V, "current": units.current_A, "time": units.time_s}[quantity](raw)
    target = int(number(element, "Jump_Line"))
    return Condition(
        quantity, _COMPARISONS[comparison], value if value is not None else raw, _JUMPS.get(target, target)
    )
