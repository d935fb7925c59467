"""The analysis ``cycles``: capacity, energy, efficiency and mean voltage of every cycle."""

from __future__ import annotations

import pandas as pd

from orchestrator.analysis.cell_type import CellType, resolve_cell_type
from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.per_cycle import cell_warnings, exclusion_warnings, per_cycle, to_table
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Value, merge_runs

__all__ = ["cycles"]


def cycles(dataset: Dataset, *, cell_type: CellType = "auto", first_cycles: int = 5) -> AnalysisResult:
    """Tabulate every cycle and give the initial and the early coulombic efficiency.

    Values: ``initial coulombic efficiency`` (of cycle 1 and of no other), ``mean coulombic efficiency of the first n
    cycles`` (n = ``first_cycles``, with the number of cycles that counted), ``first charge capacity`` and ``first
    discharge capacity`` (per gram where the mass is known). Table: ``cycles``.
    """
    if first_cycles < 1:
        raise AnalysisError(f"first_cycles is {first_cycles}; it counts cycles from 1")
    return merge_runs((run.run_id, _of_run(run, cell_type, first_cycles)) for run in dataset.runs)


def _of_run(run: RunData, option: CellType, first_cycles: int) -> AnalysisResult:
    cell_type, decided = resolve_cell_type(run, option)
    frame = per_cycle(run, cell_type)
    used = frame[frame["excluded"] == ""]
    basis = ("specific_capacity_mAh_per_g", "mAh/g") if run.cell.active_mass_g else ("capacity_mAh", "mAh")
    values = [_initial_efficiency(used, decided), _early_efficiency(used, first_cycles)]
    for direction in ("discharge", "charge") if cell_type == "half" else ("charge", "discharge"):
        first = used.loc[used["cycle"] == 1, f"{direction}_{basis[0]}"]
        values.append(_value(f"first {direction} capacity", first, basis[1], "cycle 1 is missing or left out"))
    return AnalysisResult(
        values=tuple(values),
        tables=(to_table(frame, "cycles"),),
        warnings=tuple(cell_warnings(run) + exclusion_warnings(frame)),
        provenance=(run_used(run, used["cycle"]),),
    )


def _initial_efficiency(used: pd.DataFrame, decided: str) -> Value:
    first = used.loc[used["cycle"] == 1, "coulombic_efficiency_pct"]
    value = _value("initial coulombic efficiency", first, "%", "cycle 1 is missing or left out")
    return value if value.value is None else Value(value.name, value.value, value.unit, note=decided)


def _early_efficiency(used: pd.DataFrame, first_cycles: int) -> Value:
    early = used.loc[used["cycle"] <= first_cycles, "coulombic_efficiency_pct"]
    name = f"mean coulombic efficiency of the first {first_cycles} cycles"
    if early.empty:
        return Value(name, None, "%", note="none of these cycles is whole")
    return Value(name, float(early.mean()), "%", note=f"mean of {len(early)} of {first_cycles} cycles")


def _value(name: str, found: pd.Series, unit: str, missing: str) -> Value:
    return Value(name, None, unit, note=missing) if found.empty else Value(name, float(found.iloc[0]), unit)
