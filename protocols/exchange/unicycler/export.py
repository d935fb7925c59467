"""A plan as unicycler JSON, where unicycler can say it; refused with line and reason where it cannot.

Refused is what would treat the cell otherwise, or leave out a protection. What is only measured or named otherwise is a
remark. Currents are absolute (``current_mA``), loops written by the plan are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from protocols.errors import Place, ProtocolErrors, Refusal
from protocols.exchange.unicycler.export_steps import MethodWriter
from protocols.plan import Plan, Prompt, Segment, SetTemperature
from protocols.program import Limits, Record

__all__ = ["Exported", "export_unicycler"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What ``CyclingProtocol.from_dict`` of aurora-unicycler reads, and what it does not say."""

    content: dict[str, Any]
    remarks: tuple[str, ...]


def export_unicycler(plan: Plan, name: str) -> Exported:
    """Translate a plan; ``name`` stands for the protocol file in messages. Raises ProtocolErrors, one for each step."""
    writer = MethodWriter()
    programs = [item.program for item in plan.items if isinstance(item, Segment)]
    for item in plan.items:
        match item:
            case Segment(program=program):
                writer.add(program.steps)
            case SetTemperature():
                writer.refuse(Refusal(Place(item.line), "unicycler knows no temperature", "leave it out"))
            case Prompt():
                writer.refuse(Refusal(Place(item.line), "unicycler cannot ask anybody for anything", "leave it out"))
    if programs and programs[0].limits.temperature_max_degC is not None:
        message = "unicycler knows no limits of temperature: nothing would watch it"
        writer.refuse(Refusal(Place(None, "limits.temperature"), message, "leave it out"))
    if writer.refusals:
        raise ProtocolErrors(refusal.in_file(name) for refusal in writer.refusals)
    first = programs[0]
    content = {
        "sample": {"name": plan.cell.id, "capacity_mAh": _milli(plan.cell.nominal_capacity_Ah)},
        "record": _record(first.record),
        "safety": _safety(first.limits),
        "method": writer.method,
    }
    return Exported(content, tuple(writer.remarks))


def _record(record: Record) -> dict[str, Any]:
    return {
        "time_s": record.interval_s,
        "voltage_V": record.voltage_change_V,
        "current_mA": _milli(record.current_change_A),
    }


def _safety(limits: Limits) -> dict[str, Any]:
    most_mA = _milli(limits.current_max_A)
    return {
        "max_voltage_V": limits.voltage_max_V,
        "min_voltage_V": limits.voltage_min_V,
        "max_current_mA": most_mA,
        "min_current_mA": None if most_mA is None else -most_mA,
        "max_capacity_mAh": _milli(limits.capacity_max_Ah),
    }


def _milli(value: float | None) -> float | None:
    return None if value is None else float(f"{value * 1000:.12g}")  # 0.55 mA, not 0.5500000000000001
