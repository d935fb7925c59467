"""Nothing goes beyond the lab's own limits: every set point and every limit of a plan is held against them."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config import BenchLimits
from protocols.plan import Plan, Segment
from protocols.program import Impedance, Limits, Loop, Step, VoltagePoint, VoltageScan, walk

__all__ = ["beyond_bench_limits"]

_ROUNDING = 1e-9
"""Relative: 0.1 A written two ways is not a violation."""


def beyond_bench_limits(plan: Plan, bench: BenchLimits) -> list[str]:
    """One line for every value outside, with both values; the same value at the same line once."""
    found: dict[str, None] = {}
    for item in plan.items:
        if isinstance(item, Segment):
            for problem in _of_limits(item.program.limits, bench, "limits"):
                found.setdefault(problem)
            for step in walk(item.program.steps):
                for problem in _of_step(step, item.program.limits, bench):
                    found.setdefault(problem)
    return list(found)


def _of_step(step: Step, limits: Limits, bench: BenchLimits) -> Iterator[str]:
    """``limits``: the program's, which hold where the step has none of its own."""
    if isinstance(step, Loop):
        return
    where = f"line {step.origin.line}"
    if step.limits is not None:
        yield from _of_limits(step.limits, bench, f"{where}: limits")
    if isinstance(step, VoltageScan):
        for point in (step.start, *step.turns, *([step.end] if step.end else [])):
            yield from _point(point, 0.0, step.limits or limits, bench, where)
    elif isinstance(step, Impedance):
        yield from _excitation(step, step.limits or limits, bench, where)
    else:
        for current_A in (getattr(step, "current_A", None), getattr(step, "current_max_A", None)):
            if current_A is not None:
                yield from _current(abs(current_A), bench, where)
        for voltage_V in (getattr(step, "voltage_V", None), step.until.voltage_V):
            if voltage_V is not None:
                yield from _voltage(voltage_V, bench, where)


def _excitation(step: Impedance, limits: Limits, bench: BenchLimits, where: str) -> Iterator[str]:
    """Hold the bias with the amplitude on both sides of it against the bench."""
    if step.bias is not None:
        yield from _point(step.bias, step.amplitude_peak_V or 0.0, limits, bench, where)
    yield from _current(abs(step.bias_current_A) + (step.amplitude_peak_A or 0.0), bench, where)


def _point(point: VoltagePoint, amplitude_V: float, limits: Limits, bench: BenchLimits, where: str) -> Iterator[str]:
    """Hold a voltage against the bench; one relative to open circuit from anywhere that the limits let the cell be."""
    if point.versus == "absolute":
        for voltage_V in dict.fromkeys((point.voltage_V - amplitude_V, point.voltage_V + amplitude_V)):
            yield from _voltage(voltage_V, bench, where)
        return
    written = f"{where}: {point.voltage_V:+g} V from open circuit"
    for cell_V, side_V in ((limits.voltage_min_V, -amplitude_V), (limits.voltage_max_V, amplitude_V)):
        yield from _voltage(cell_V + point.voltage_V + side_V, bench, f"{written}, which limits allow at {cell_V:g} V")


def _of_limits(limits: Limits, bench: BenchLimits, where: str) -> Iterator[str]:
    yield from _voltage(limits.voltage_min_V, bench, where)
    yield from _voltage(limits.voltage_max_V, bench, where)
    yield from _current(limits.current_max_A, bench, where)


def _voltage(voltage_V: float, bench: BenchLimits, where: str) -> Iterator[str]:
    margin_V = _ROUNDING * max(1.0, abs(voltage_V))
    if not bench.voltage_min_V - margin_V <= voltage_V <= bench.voltage_max_V + margin_V:
        allowed = f"{bench.voltage_min_V:g} V … {bench.voltage_max_V:g} V"
        yield f"{where}: {voltage_V:g} V is outside the lab's limits, {allowed}; change the protocol, or the lab file"


def _current(current_A: float, bench: BenchLimits, where: str) -> Iterator[str]:
    if not current_A <= bench.current_max_A * (1 + _ROUNDING):  # also true of NaN
        allowed = f"{bench.current_max_A:g} A"
        yield f"{where}: {current_A:g} A is more than the lab's limit, {allowed}; change the protocol, or the lab file"
