"""The analysis ``dq_dv``: differential capacity of chosen cycles, both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from drivers.contracts import StepKind
from orchestrator.analysis.cycle_choice import choose_cycles
from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.differential_capacity import DifferentialCapacity, differential_capacity
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.option_checks import non_negative, positive
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Column, Scalar, Table, Value, merge_runs
from protocols.program import Direction

__all__ = ["dq_dv"]

_KINDS: dict[Direction, tuple[StepKind, StepKind]] = {
    "charge": (StepKind.CC_CHARGE, StepKind.CCCV_CHARGE),
    "discharge": (StepKind.CC_DISCHARGE, StepKind.CCCV_DISCHARGE),
}
_HELD_CURRENT = 0.02
"""How far the current of a constant-current phase may lie below the largest of its step."""
_SMALLEST_PEAK = 0.05
_FEWEST_RECORDS = 10
_COARSE = 3.0
"""Times the bin: a larger median distance between records cannot fill it."""


@dataclass(frozen=True, slots=True)
class _Curve:
    cycle: int
    direction: Direction
    found: DifferentialCapacity
    left_out: float
    """Part of the direction's charge that did not flow at constant current."""
    spacing_V: float


def dq_dv(
    dataset: Dataset,
    *,
    cycles: Sequence[int | str] | int | str = "1, 2, last",
    bin_mV: float = 5.0,
    smoothing_mV: float = 5.0,
) -> AnalysisResult:
    """Differentiate the charge of the constant-current steps by voltage.

    ``cycles``: numbers, ``last`` or ``all``. Charge is counted into bins of ``bin_mV`` and smoothed by a Gaussian with
    a standard deviation of ``smoothing_mV`` (0: none). Values: ``dQ/dV peak, charge, cycle N`` in V, the highest peak.
    Tables: ``dq_dv`` (cycle, direction, voltage, dQ/dV) and ``peaks`` (all peaks above 5 % of the highest).
    Per gram where the mass is known. Raises AnalysisError where no cycle asked for is whole.
    """
    bin_V = (positive("bin_mV", bin_mV) or 0.0) / 1e3
    smoothing_V = non_negative("smoothing_mV", smoothing_mV) / 1e3
    return merge_runs((run.run_id, _of_run(run, cycles, bin_V, smoothing_V)) for run in dataset.runs)


def _of_run(run: RunData, asked: Sequence[int | str] | int | str, bin_V: float, smoothing_V: float) -> AnalysisResult:
    whole = run.cycles.loc[run.cycles["complete"] & ~run.cycles["gap"], "cycle"].tolist()
    chosen, warnings = choose_cycles(asked, whole, run.run_id)
    records = run.records
    curves = []
    for cycle in chosen:
        in_cycle = records[records["cycle"] == cycle]
        for direction in _KINDS:
            curve = _curve(in_cycle, cycle, direction, bin_V, smoothing_V)
            if curve is None:
                warnings.append(f"cycle {cycle}: no {direction} at constant current with {_FEWEST_RECORDS} records")
            else:
                curves.append(curve)
    if not curves:
        raise AnalysisError(f"run {run.run_id}: {'; '.join(warnings)}")
    factor, unit = (1e3 / run.cell.active_mass_g, "mAh/(g V)") if run.cell.active_mass_g else (1e3, "mAh/V")
    return AnalysisResult(
        values=tuple(_highest(curve, smoothing_V) for curve in curves),
        tables=(_table(curves, factor, unit), _peaks_table(curves, factor, unit)),
        warnings=(*warnings, *(line for curve in curves for line in _assumptions(curve))),
        provenance=(run_used(run, chosen),),
    )


def _curve(in_cycle: pd.DataFrame, cycle: int, direction: Direction, bin_V: float, smoothing_V: float) -> _Curve | None:
    """The direction's constant-current records, joined where several steps make it up."""
    every_kind = [kind for kind in StepKind if kind.direction == direction]
    steps = in_cycle[in_cycle["step_kind"].isin(every_kind)]
    constant = steps[steps["step_kind"].isin(_KINDS[direction])]
    largest_A = constant.groupby("step")["current_A"].transform(lambda current: current.abs().max())
    constant = constant[constant["current_A"].abs() >= (1 - _HELD_CURRENT) * largest_A]
    if len(constant) < _FEWEST_RECORDS or constant["voltage_V"].nunique() < 2:
        return None
    voltage_V = constant["voltage_V"].to_numpy(float)
    # each step counts from zero: go on where the step before stopped
    passed = constant.groupby("step", sort=False)["step_capacity_Ah"].diff().clip(lower=0).fillna(0.0).to_numpy(float)
    found = differential_capacity(voltage_V, np.cumsum(passed), bin_V, smoothing_V)
    whole_Ah = float(steps.groupby("step")["step_capacity_Ah"].max().sum())
    left_out = 1 - passed.sum() / whole_Ah if whole_Ah > 0 else 0.0
    return _Curve(cycle, direction, found, float(left_out), float(np.median(np.abs(np.diff(voltage_V)))))


def _highest(curve: _Curve, smoothing_V: float) -> Value:
    name = f"dQ/dV peak, {curve.direction}, cycle {curve.cycle}"
    peaks = curve.found.peaks(_SMALLEST_PEAK)
    bin_V = curve.found.bin_V
    if not peaks:
        return Value(name, None, "V", note="no peak inside the window")
    note = f"the highest; bins of {1e3 * bin_V:.3g} mV, Gaussian smoothing of {1e3 * smoothing_V:g} mV"
    return Value(name, peaks[0][0], "V", uncertainty=bin_V / 12**0.5, note=note)


def _assumptions(curve: _Curve) -> list[str]:
    where = f"cycle {curve.cycle}, {curve.direction}"
    lines = []
    if curve.left_out > 0.01:
        lines.append(f"{where}: {1e2 * curve.left_out:.0f} % of the charge did not flow at constant current")
    if curve.spacing_V > _COARSE * curve.found.bin_V:
        spacing = f"{1e3 * curve.spacing_V:.2g} mV"
        lines.append(f"{where}: records lie {spacing} apart, coarser than the bins; choose a larger bin_mV")
    return lines


def _table(curves: Sequence[_Curve], factor: float, unit: str) -> Table:
    rows: list[tuple[Scalar, ...]] = []
    for curve in curves:
        heights = factor * curve.found.dq_dv_Ah_V
        points = zip(curve.found.voltage_V.tolist(), heights.tolist(), strict=True)
        rows += [(curve.cycle, curve.direction, *point) for point in points]
    columns = (Column("cycle"), Column("direction"), Column("voltage", "V"), Column("dQ/dV", unit))
    return Table("dq_dv", columns, tuple(rows))


def _peaks_table(curves: Sequence[_Curve], factor: float, unit: str) -> Table:
    rows = [
        (curve.cycle, curve.direction, voltage_V, factor * height)
        for curve in curves
        for voltage_V, height in curve.found.peaks(_SMALLEST_PEAK)
    ]
    columns = (Column("cycle"), Column("direction"), Column("voltage", "V"), Column("height", unit))
    return Table("peaks", columns, tuple(rows))
