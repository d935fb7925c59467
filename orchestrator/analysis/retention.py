"""The analysis ``retention``: how much of a named reference cycle's capacity is left, and how fast it goes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.fade_rate import fade_rate
from orchestrator.analysis.per_cycle import cell_warnings, exclusion_warnings, per_cycle
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Column, Table, Value, merge_runs

__all__ = ["retention"]

_DEFAULT_AT = (100, 200, 500)


def retention(
    dataset: Dataset,
    *,
    reference_cycle: int = 1,
    at: Sequence[int] | int | str = _DEFAULT_AT,
    threshold_pct: float = 80.0,
) -> AnalysisResult:
    """Follow the reversible capacity against that of ``reference_cycle``.

    Reversible capacity is the smaller of a cycle's charge and discharge capacity, which holds for half and full cells.
    ``at``: cycles to report, as a list or as text (``"100, 200, 500"``). Values: ``retention at cycle N``,
    ``retention at the last cycle``, ``cycle below T %`` (the first whole cycle under ``threshold_pct``), ``fade rate``
    in %/cycle (see ``fade_rate``; positive means capacity is lost). Table: ``retention``.
    Raises AnalysisError where the reference cycle is missing or not whole.
    """
    wanted = _cycle_numbers(at)
    return merge_runs((run.run_id, _of_run(run, reference_cycle, wanted, threshold_pct)) for run in dataset.runs)


def _of_run(run: RunData, reference_cycle: int, at: Sequence[int], threshold_pct: float) -> AnalysisResult:
    frame = per_cycle(run, "half")  # capacities do not depend on the cell type
    specific = bool(run.cell.active_mass_g)
    basis, unit = ("specific_capacity_mAh_per_g", "mAh/g") if specific else ("capacity_mAh", "mAh")
    used = frame[frame["excluded"] == ""]
    reversible = used[[f"charge_{basis}", f"discharge_{basis}"]].min(axis=1).set_axis(used["cycle"])
    if reference_cycle not in reversible.index:
        reason = "missing" if reference_cycle not in set(frame["cycle"]) else "not whole"
        raise AnalysisError(f"run {run.run_id}: cycle {reference_cycle} is {reason}; name another reference_cycle")
    kept = 1e2 * reversible / reversible[reference_cycle]
    note = f"of cycle {reference_cycle}: {reversible[reference_cycle]:.6g} {unit}"
    since = kept[kept.index >= reference_cycle]
    return AnalysisResult(
        values=(
            *(_at_cycle(kept, cycle, note) for cycle in at),
            Value("retention at the last cycle", float(kept.iloc[-1]), "%", note=f"cycle {kept.index[-1]}; {note}"),
            _crossing(since, threshold_pct),
            fade_rate(since),
        ),
        tables=(_table(reversible, kept, unit),),
        warnings=tuple(cell_warnings(run) + exclusion_warnings(frame)),
        provenance=(run_used(run, reversible.index),),
    )


def _at_cycle(kept: pd.Series, cycle: int, note: str) -> Value:
    name = f"retention at cycle {cycle}"
    if cycle in kept.index:
        return Value(name, float(kept[cycle]), "%", note=note)
    reason = f"the last whole cycle is {kept.index[-1]}" if cycle > kept.index[-1] else "the cycle is left out"
    return Value(name, None, "%", note=reason)


def _crossing(kept: pd.Series, threshold_pct: float) -> Value:
    name = f"cycle below {threshold_pct:g} %"
    below = kept.index[kept < threshold_pct]
    if len(below):
        return Value(name, float(below[0]), "1")
    return Value(name, None, "1", note=f"not reached up to cycle {kept.index[-1]}")


def _table(reversible: pd.Series, kept: pd.Series, unit: str) -> Table:
    columns = (Column("cycle"), Column("reversible capacity", unit), Column("retention", "%"))
    rows = zip(reversible.index, reversible, kept, strict=True)
    return Table("retention", columns, tuple((int(c), float(q), float(r)) for c, q, r in rows))


def _cycle_numbers(at: Sequence[int] | int | str) -> tuple[int, ...]:
    entries: Sequence[object] = at.split(",") if isinstance(at, str) else [at] if isinstance(at, int) else at
    try:
        numbers = tuple(int(str(entry)) for entry in entries if str(entry).strip())
    except ValueError:
        raise AnalysisError(f"at is {at!r}; it lists cycle numbers, as 100, 200, 500") from None
    if any(number < 1 for number in numbers):
        raise AnalysisError(f"at is {at!r}; cycles count from 1")
    return numbers
