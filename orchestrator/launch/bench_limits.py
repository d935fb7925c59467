"""Nothing goes beyond the lab's own limits: every set point and every limit of a plan is held against them."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config import BenchLimits
from protocols.plan import Plan, Segment
from protocols.program import Limits, Loop, Step, walk

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
                for problem in _of_step(step, bench):
                    found.setdefault(problem)
    return list(found)


def _of_step(step: Step, bench: BenchLimits) -> Iterator[str]:
    if isinstance(step, Loop):
        return
    where = f"line {step.origin.line}"
    if step.limits is not None:
        yield from _of_limits(step.limits, bench, f"{where}: limits")
    for current_A in (getattr(step, "current_A", None), getattr(step, "current_max_A", None)):
        if current_A is not None:
            yield from _current(abs(current_A), bench, where)
    for voltage_V in (getattr(step, "voltage_V", None), step.until.voltage_V):
        if voltage_V is not None:
            yield from _voltage(voltage_V, bench, where)


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
    if current_A > bench.current_max_A * (1 + _ROUNDING):
        allowed = f"{bench.current_max_A:g} A"
        yield f"{where}: {current_A:g} A is more than the lab's limit, {allowed}; change the protocol, or the lab file"
