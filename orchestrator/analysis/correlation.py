"""The analysis ``correlation``: any result of several cells over a property that is entered with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scipy.stats import spearmanr

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.entered import entered_number, known_numbers
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.line_fit import LineFit, fit_line
from orchestrator.analysis.registry import find_analysis
from orchestrator.analysis.result import AnalysisResult, Column, RunUsed, Scalar, Table, Value

__all__ = ["correlation"]

_FEW = 3


def correlation(
    dataset: Dataset,
    *,
    property_name: str,
    value: str,
    analysis: str | None = None,
    options: Mapping[str, object] | None = None,
) -> AnalysisResult:
    """Fit a line through a value of every run over a property of its cell.

    ``property_name``: a name in the cell's metadata (``alkali_solubility_pct``), or one such as ``active_mass_g``.
    ``analysis`` and ``options``: what is computed for each run; ``value``: which of its values. Without an analysis,
    ``value`` is itself entered with the cell (``thickness_swelling_pct``). Runs of which either is unknown are left out
    and named. Values: ``slope``, ``intercept``, ``R squared``, ``Spearman rank correlation``, ``n``,
    ``different property values``. Table: ``points``.
    Raises AnalysisError with fewer than two different values of the property.
    """
    collected = _collect(dataset, property_name, value, analysis, options or {})
    points, warnings = collected.points, collected.warnings
    unit = points[-1][2].unit if points else ""
    different = len({x for _, x, _ in points})
    if different < 2:
        told = f" ({'; '.join(warnings)})" if warnings else ""
        offered = f"; cell {dataset.runs[0].cell.id} has: {known_numbers(dataset.runs[0].cell)}"
        raise AnalysisError(f"a line needs two different values of {property_name}, here {different}{told}{offered}")
    line = fit_line([x for _, x, _ in points], [float(y.value or 0.0) for _, _, y in points])
    if different <= _FEW:
        told = f"{different} different values of {property_name}"
        warnings.insert(0, f"{told}: a line through so few cannot show that the relation is linear")
    return AnalysisResult(
        values=_values(line, points, different, unit, property_name),
        tables=(_points_table(line, points, unit, property_name, value),),
        warnings=tuple(warnings),
        provenance=tuple(collected.provenance),
    )


Point = tuple[RunData, float, Value]


@dataclass(slots=True)
class _Collected:
    points: list[Point] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    provenance: list[RunUsed] = field(default_factory=list)


def _collect(
    dataset: Dataset, property_name: str, value: str, analysis: str | None, options: Mapping[str, object]
) -> _Collected:
    collected = _Collected()
    for run in dataset.runs:
        x = entered_number(run.cell, property_name)
        found, result = _found(run, value, analysis, options)
        if x is None or found.value is None:
            reason = f"no {property_name} is entered" if x is None else f"{value}: {found.note or 'not known'}"
            collected.warnings.append(f"run {run.run_id} (cell {run.cell.id}) left out: {reason}")
            continue
        collected.points.append((run, x, found))
        if result is not None:
            collected.provenance += result.provenance
            collected.warnings += [f"run {run.run_id}: {line}" for line in result.warnings]
    return collected


def _found(
    run: RunData, value: str, analysis: str | None, options: Mapping[str, object]
) -> tuple[Value, AnalysisResult | None]:
    if analysis is None:
        return Value(value, entered_number(run.cell, value), "", note="not entered"), None
    registered = find_analysis(analysis)
    registered.check_options(options)
    result = registered.function(Dataset((run,)), **options)
    try:
        return result.value(value), result
    except KeyError:
        offered = ", ".join(one.name for one in result.values)
        raise AnalysisError(
            f"analysis {analysis} gives no {value!r} for run {run.run_id}; it gives: {offered}"
        ) from None


def _values(line: LineFit, points: list[Point], different: int, unit: str, property_name: str) -> tuple[Value, ...]:
    per = f"{unit} per 1 of {property_name}" if unit else f"per 1 of {property_name}"
    interval = f"95 % confidence ± {line.half_width:.2g}" if line.half_width is not None else "no interval: two points"
    x, y = [x for _, x, _ in points], [found.value for _, _, found in points]
    varies = len(set(y)) > 1
    rank = float(spearmanr(x, y).statistic) if varies else None
    flat = None if varies else "the value does not vary"
    return (
        Value("slope", line.slope, per, line.slope_error, interval),
        Value("intercept", line.intercept, unit, line.intercept_error),
        Value("R squared", line.r_squared, "1", note=flat),
        Value("Spearman rank correlation", rank, "1", note=flat),
        Value("n", float(line.n), "1", note=f"at {different} different values of the property"),
        Value("different property values", float(different), "1"),
    )


def _points_table(line: LineFit, points: list[Point], unit: str, property_name: str, value: str) -> Table:
    columns = (
        *(Column("run"), Column("cell"), Column(property_name), Column(value, unit or None)),
        *(Column("uncertainty", unit or None), Column("line", unit or None)),
    )
    rows: list[tuple[Scalar, ...]] = [
        (run.run_id, run.cell.id, x, found.value, found.uncertainty, line.at(x)) for run, x, found in points
    ]
    return Table("points", columns, tuple(rows))
