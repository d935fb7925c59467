"""A preview in numbers: capacities of cycles, told by groups of one label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.preview.trace import Trace

__all__ = ["FIRST_CYCLES", "CycleSum", "Group", "cycle_sums", "groups_of", "shown_until_s", "whole_cycles"]

FIRST_CYCLES = 3
"""Shown over time where there are many."""
_MANY = 30


@dataclass(frozen=True, slots=True)
class CycleSum:
    """Charge passed in one cycle, both unsigned."""

    cycle: int
    label: str | None
    charge_Ah: float = 0.0
    discharge_Ah: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Cycles in a row with one label: the first and the last of them stand for all."""

    label: str | None
    first: CycleSum
    last: CycleSum


def cycle_sums(trace: Trace) -> tuple[CycleSum, ...]:
    """Every cycle in which charge has passed, in order."""
    sums: dict[int, CycleSum] = {}
    for step in trace.steps:
        if not step.passed_Ah:
            continue
        label = None if step.origin is None else step.origin.label
        known = sums.get(step.cycle) or CycleSum(step.cycle, label)
        known = replace(known, label=known.label or label)
        if step.passed_Ah > 0:
            sums[step.cycle] = replace(known, charge_Ah=known.charge_Ah + step.passed_Ah)
        else:
            sums[step.cycle] = replace(known, discharge_Ah=known.discharge_Ah - step.passed_Ah)
    return tuple(sums.values())


def groups_of(sums: tuple[CycleSum, ...]) -> Iterator[Group]:
    """Neighbours of one label."""
    begin = 0
    for place in range(1, len(sums) + 1):
        if place == len(sums) or sums[place].label != sums[begin].label:
            yield Group(sums[begin].label, sums[begin], sums[place - 1])
            begin = place


def whole_cycles(trace: Trace) -> tuple[CycleSum, ...]:
    """Those with charge and discharge; the pulses of a titration are none."""
    return tuple(one for one in cycle_sums(trace) if one.charge_Ah and one.discharge_Ah)


def shown_until_s(trace: Trace) -> float:
    """How far voltage and current are worth showing over time: of many cycles, only the first ones."""
    whole = whole_cycles(trace)
    if len(whole) <= _MANY:
        return trace.duration_s
    early = {one.cycle for one in whole[:FIRST_CYCLES]}
    return max(step.began_s + step.duration_s for step in trace.steps if step.cycle in early)
