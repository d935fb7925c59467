"""Groups of consecutive cycles under one label, with the current that they were run at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from drivers.contracts import StepKind
from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.set_points import currents_by_label
from protocols.program import Direction

__all__ = ["RateGroup", "group_cycles"]


@dataclass(frozen=True, slots=True)
class RateGroup:
    """One label's consecutive cycles, and their delivered capacity in the unit of the column it was taken from."""

    label: str
    cycles: tuple[int, ...]
    used: tuple[int, ...]
    mean: float | None
    """None: none of the cycles is whole."""
    deviation: float | None
    """Standard deviation over the cycles used; None for fewer than two."""
    current_A: float | None
    """Magnitude; None where neither the plan nor records tell."""


def group_cycles(run: RunData, frame: pd.DataFrame, column: str, direction: Direction) -> list[RateGroup]:
    """Group the labelled cycles of a ``per_cycle`` frame in order of appearance."""
    planned = currents_by_label(run.plan, direction) if run.plan else {}
    groups = []
    by_label = groupby(zip(frame["label"], frame.index, strict=True), key=lambda pair: pair[0])
    for label, members in by_label:
        if not isinstance(label, str):
            continue
        rows = frame.loc[[index for _, index in members]]
        cycles = tuple(int(cycle) for cycle in rows["cycle"])
        whole = rows[rows["excluded"] == ""]
        groups.append(
            RateGroup(
                label=label,
                cycles=cycles,
                used=tuple(int(cycle) for cycle in whole["cycle"]),
                mean=float(whole[column].mean()) if len(whole) else None,
                deviation=float(whole[column].std(ddof=1)) if len(whole) > 1 else None,
                current_A=planned.get(label) or _measured_current_A(run, cycles, direction),
            )
        )
    return groups


def _measured_current_A(run: RunData, cycles: Sequence[int], direction: Direction) -> float | None:
    """Median magnitude of the current in the steps that hold it constant."""
    if not run.has_records:
        return None
    kind = StepKind.CC_CHARGE if direction == "charge" else StepKind.CC_DISCHARGE
    records = run.records
    constant = records.loc[(records["step_kind"] == kind) & records["cycle"].isin(cycles), "current_A"]
    return float(constant.abs().median()) if len(constant) else None
