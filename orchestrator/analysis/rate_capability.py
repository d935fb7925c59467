"""The analysis ``rate_capability``: what the cell delivers at each rate, and what it recovers afterwards."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from orchestrator.analysis.cell_type import CellType, delivering_direction, resolve_cell_type
from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.per_cycle import cell_warnings, exclusion_warnings, per_cycle
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.ranges import spoken
from orchestrator.analysis.rate_groups import RateGroup, group_cycles
from orchestrator.analysis.result import AnalysisResult, Column, Scalar, Table, Value, merge_runs

__all__ = ["rate_capability"]


@dataclass(frozen=True, slots=True)
class _Basis:
    """What capacities and currents are divided by."""

    column: str
    capacity_unit: str
    current_unit: str
    mass_g: float


def rate_capability(dataset: Dataset, *, cell_type: CellType = "auto") -> AnalysisResult:
    """Average the delivered capacity over each group of cycles with one label, in order of appearance.

    A label that comes back later (1 A/g after the ladder) is a group of its own. Delivered: charge (delithiation) of a
    half cell, discharge of a full cell. Values, for each group by its label: ``capacity, LABEL`` with the standard
    deviation over its cycles, ``retention, LABEL`` against the first group, and for a rate that comes back ``recovery,
    LABEL`` against the first group of the same rate. Table: ``rates``.
    Raises AnalysisError where no cycle has a label.
    """
    return merge_runs((run.run_id, _of_run(run, cell_type)) for run in dataset.runs)


def _of_run(run: RunData, option: CellType) -> AnalysisResult:
    cell_type, decided = resolve_cell_type(run, option)
    direction = delivering_direction(cell_type)
    frame = per_cycle(run, cell_type)
    mass_g = run.cell.active_mass_g
    if mass_g:
        basis = _Basis(f"{direction}_specific_capacity_mAh_per_g", "mAh/g", "A/g", mass_g)
    else:
        basis = _Basis(f"{direction}_capacity_mAh", "mAh", "A", 1.0)
    groups = group_cycles(run, frame, basis.column, direction)
    if not groups:
        remedy = "label the repeat in the protocol, as `label: ladder $rate`"
        raise AnalysisError(f"run {run.run_id}: none of its cycles has a label; {remedy}")
    return AnalysisResult(
        values=tuple(value for group in groups for value in _values(group, groups, basis, decided)),
        tables=(_table(groups, basis),),
        warnings=(*cell_warnings(run), *_warnings(groups, frame)),
        provenance=(run_used(run, [cycle for group in groups for cycle in group.used]),),
    )


def _values(group: RateGroup, groups: list[RateGroup], basis: _Basis, decided: str) -> list[Value]:
    again = sum(other.label == group.label for other in groups[: groups.index(group)])
    name = f"{group.label}, time {again + 1}" if again else group.label
    if group.mean is None:
        return [Value(f"capacity, {name}", None, basis.capacity_unit, note="none of its cycles is whole")]
    note = f"mean of {spoken(group.used)}; {decided}"
    values = [Value(f"capacity, {name}", group.mean, basis.capacity_unit, group.deviation, note)]
    retention = _percent_of(group, groups[0])
    if retention is not None and group is not groups[0]:
        values.append(Value(f"retention, {name}", retention, "%", note=f"of {groups[0].label}"))
    earlier = _same_rate_before(group, groups)
    recovery = _percent_of(group, earlier) if earlier else None
    if earlier and recovery is not None:
        note = f"{spoken(group.used)} against {spoken(earlier.used)}"
        values.append(Value(f"recovery, {name}", recovery, "%", note=note))
    return values


def _table(groups: list[RateGroup], basis: _Basis) -> Table:
    columns = (
        Column("group"),
        Column("label"),
        Column("current", basis.current_unit),
        Column("first cycle"),
        Column("last cycle"),
        Column("cycles used"),
        Column("capacity", basis.capacity_unit),
        Column("standard deviation", basis.capacity_unit),
        Column("retention", "%"),
        Column("recovery", "%"),
    )
    rows = []
    for number, group in enumerate(groups, start=1):
        earlier = _same_rate_before(group, groups)
        current = None if group.current_A is None else group.current_A / basis.mass_g
        row: tuple[Scalar, ...] = (number, group.label, current, group.cycles[0], group.cycles[-1], len(group.used))
        recovery = _percent_of(group, earlier) if earlier else None
        rows.append((*row, group.mean, group.deviation, _percent_of(group, groups[0]), recovery))
    return Table("rates", columns, tuple(rows))


def _same_rate_before(group: RateGroup, groups: list[RateGroup]) -> RateGroup | None:
    """Return the first earlier group at the same current, 1 % apart at most; by label where no current is known."""
    for other in groups[: groups.index(group)]:
        if group.current_A is None or other.current_A is None:
            if group.label == other.label:
                return other
        elif math.isclose(group.current_A, other.current_A, rel_tol=0.01):
            return other
    return None


def _percent_of(group: RateGroup, reference: RateGroup) -> float | None:
    return 1e2 * group.mean / reference.mean if group.mean is not None and reference.mean else None


def _warnings(groups: list[RateGroup], frame: pd.DataFrame) -> list[str]:
    lines = exclusion_warnings(frame)
    grouped = {cycle for group in groups for cycle in group.cycles}
    unlabelled = [int(cycle) for cycle in frame["cycle"] if int(cycle) not in grouped]
    if unlabelled:
        lines.append(f"{spoken(unlabelled)} left out: without a label")
    silent = sorted({group.label for group in groups if group.current_A is None})
    if silent:
        lines.append(f"no current is known for {', '.join(silent)}: neither the plan nor records tell")
    return lines
