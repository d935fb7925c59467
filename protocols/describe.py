"""A plan as rows that people read: every absolute set point, loops kept compact. Drawing them is others' work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from protocols.plan import Estimate, Plan, PlanItem, Prompt, Segment, SetTemperature
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Record,
    Rest,
    Step,
    Until,
    VoltageScan,
)
from protocols.step_text import impedance_text, scan_text

ChannelStep = Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage | VoltageScan | Impedance

__all__ = ["PlanRow", "SegmentDescription", "TaskDescription", "describe_plan", "duration_text", "temperature_text"]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One step. ``depth`` counts the loops around it."""

    line: int
    depth: int
    what: str
    """``rest``, ``charge``, ``discharge``, ``hold (charge)``, ``sweep``, ``impedance``, ``repeat 500x``."""
    current_mA: float | None
    """Set point with its sign; of a held voltage the largest magnitude, signed by direction."""
    voltage_V: float | None
    """The voltage that is held, if one is."""
    until: str
    """What ends it; of a sweep or a spectrum all of its set points."""
    record: str
    """Empty: the segment's."""
    limits: str
    """Empty: the segment's."""
    label: str


@dataclass(frozen=True, slots=True)
class SegmentDescription:
    """One segment: what holds for all of it, and its rows."""

    number: int
    """1-based place in the plan."""
    limits: str
    record: str
    rows: tuple[PlanRow, ...]
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class TaskDescription:
    """What the service does between two segments."""

    number: int
    """1-based place in the plan."""
    line: int
    what: Literal["chamber", "prompt"]
    detail: str
    """``10 degC within 0.5 K, ramp 1 K/min, soak 2 h, gives up after 8 h``, or what somebody is asked to do."""


def describe_plan(plan: Plan) -> tuple[SegmentDescription | TaskDescription, ...]:
    """Everything in a plan, in order."""
    return tuple(_item(number, item) for number, item in enumerate(plan.items, 1))


def temperature_text(item: SetTemperature) -> str:
    """``10 degC within 0.5 K, ramp 1 K/min, soak 2 h, gives up after 8 h``."""
    parts = [f"{item.target_degC:g} degC within {item.within_K:g} K"]
    if item.ramp_K_per_min is not None:
        parts.append(f"ramp {item.ramp_K_per_min:g} K/min")
    if item.soak_s:
        parts.append(f"soak {duration_text(item.soak_s)}")
    return ", ".join([*parts, f"gives up after {duration_text(item.give_up_after_s)}"])


def duration_text(duration_s: float) -> str:
    """``2 d 7 h``, ``10 min``, ``1.5 s``: at most two units, from days down."""
    if duration_s < 60:
        return f"{duration_s:g} s"
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    rest_s, words = round(duration_s), list[str]()
    for name, size_s in units:
        count, rest_s = divmod(rest_s, size_s)
        if count:
            words.append(f"{count} {name}")
        elif words:
            break
    return " ".join(words[:2])


def limits_text(limits: Limits) -> str:
    """``-0.05 V to 2 V, 6 mA``, and capacity and temperature where limited."""
    parts = [f"{limits.voltage_min_V:g} V to {limits.voltage_max_V:g} V", f"{limits.current_max_A * 1000:.6g} mA"]
    if limits.capacity_max_Ah is not None:
        parts.append(f"{limits.capacity_max_Ah * 1000:.6g} mAh")
    if limits.temperature_min_degC is not None and limits.temperature_max_degC is not None:
        parts.append(f"{limits.temperature_min_degC:g} degC to {limits.temperature_max_degC:g} degC")
    return ", ".join(parts)


def record_text(record: Record) -> str:
    """``every 10 s, 5 mV``."""
    parts = [f"every {duration_text(record.interval_s)}"] if record.interval_s else []
    if record.voltage_change_V:
        parts.append(f"{record.voltage_change_V * 1000:g} mV")
    if record.current_change_A:
        parts.append(f"{record.current_change_A * 1000:.6g} mA")
    return ", ".join(parts)


def until_text(until: Until) -> str:
    """``1.5 V or 2 h``."""
    parts = [] if until.voltage_V is None else [f"{until.voltage_V:g} V"]
    if until.current_A is not None:
        parts.append(f"{until.current_A * 1000:.6g} mA")
    if until.capacity_Ah is not None:
        parts.append(f"{until.capacity_Ah * 1000:.6g} mAh")
    if until.duration_s is not None:
        parts.append(duration_text(until.duration_s))
    return " or ".join(parts)


def _item(number: int, item: PlanItem) -> SegmentDescription | TaskDescription:
    match item:
        case Segment(program=program, estimate=estimate):
            limits, record = limits_text(program.limits), record_text(program.record)
            return SegmentDescription(number, limits, record, tuple(_rows(program.steps, 0)), estimate)
        case SetTemperature():
            return TaskDescription(number, item.line, "chamber", temperature_text(item))
        case Prompt():
            return TaskDescription(number, item.line, "prompt", item.text)


def _rows(steps: tuple[Step, ...], depth: int) -> Iterator[PlanRow]:
    for step in steps:
        if isinstance(step, Loop):
            leaving = _leaving(step)
            what = f"repeat {step.count}x" if leaving is None else f"repeat up to {step.count}x"
            stop = _stop(step) if leaving is None else f"{leaving.until.voltage_V:g} V reached in a pulse"
            yield PlanRow(step.origin.line, depth, what, None, None, stop, "", "", step.origin.label or "")
            yield from _rows(step.body, depth + 1)
        else:
            yield _row(step, depth)


def _leaving(loop: Loop) -> ConstantCurrent | None:
    return next((step for step in loop.body if isinstance(step, ConstantCurrent) and step.leaves_loop), None)


def _stop(loop: Loop) -> str:
    rule = loop.stop_when
    if rule is None:
        return ""
    cycles = f"for {rule.for_cycles} cycles" if rule.for_cycles > 1 else "once"
    return f"capacity below {rule.below:.4g} of cycle {rule.reference_cycle} {cycles}"


def _row(step: ChannelStep, depth: int) -> PlanRow:
    what, current_mA, voltage_V = _set_points(step)
    return PlanRow(
        step.origin.line,
        depth,
        what,
        current_mA,
        voltage_V,
        _ending(step),
        record_text(step.record) if step.record else "",
        limits_text(step.limits) if step.limits else "",
        step.origin.label or "",
    )


def _set_points(step: ChannelStep) -> tuple[str, float | None, float | None]:
    match step:
        case Rest():
            return "rest", None, None
        case ConstantCurrent():
            return step.direction, step.current_A * 1000, None
        case ConstantCurrentConstantVoltage():
            return f"{step.direction} and hold", step.current_A * 1000, step.voltage_V
        case ConstantVoltage():
            sign = 1 if step.direction == "charge" else -1
            return f"hold ({step.direction})", sign * step.current_max_A * 1000, step.voltage_V
        case VoltageScan():
            what = "sweep" if len(step.turns) == 1 else f"cyclic voltammetry {step.cycles}x"
            return what, None, None
        case Impedance():
            return "impedance", None, None


def _ending(step: ChannelStep) -> str:
    match step:
        case VoltageScan():
            return scan_text(step)
        case Impedance():
            return impedance_text(step)
        case _:
            return until_text(step.until)
