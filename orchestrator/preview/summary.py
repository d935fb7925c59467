"""A preview in numbers: capacities of cycles, told by groups of one label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.preview.trace import Trace

__all__ = ["CycleSum", "Group", "cycle_sums", "groups_of"]


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
