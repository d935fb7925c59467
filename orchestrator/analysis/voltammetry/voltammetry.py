"""The analysis ``voltammetry``: peaks, b value, surface share and diffusion coefficient over scan rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.option_checks import non_negative, one_of, positive, whole_number
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Value, merge_runs
from orchestrator.analysis.voltammetry.b_value import PeakSeries, peak_series
from orchestrator.analysis.voltammetry.curve_tables import curves_table, peaks_table, shares_table, split_table
from orchestrator.analysis.voltammetry.fade_between_rates import current_left, fade_warnings
from orchestrator.analysis.voltammetry.peak import Baseline
from orchestrator.analysis.voltammetry.randles_sevcik import Diffusion, RandlesSevcik
from orchestrator.analysis.voltammetry.scan_rates import scan_rate_warnings
from orchestrator.analysis.voltammetry.surface_part import Split, split_current
from orchestrator.analysis.voltammetry.sweep import find_sweeps
from orchestrator.analysis.voltammetry.voltammogram import DIRECTIONS, Voltammogram, choose_cycle, whole_cycles

__all__ = ["voltammetry"]

_WRONG_SIGN = 0.05
_DIFFUSION_B = 0.6
_STRAIGHT_SPLIT = 0.99
_NOT_DIFFUSION_ALONE = (
    f"b is above {_DIFFUSION_B:g}: the peaks are not diffusion's alone, and D from the whole peak is too large; "
    "see D from the diffusion part"
)
_PARTS = ("peak", "diffusion part")


@dataclass(frozen=True, slots=True)
class _Options:
    cycle: int | str
    max_scan_rate_mV_s: float | None
    correct_fade: bool
    baseline: Baseline
    series_resistance_Ohm: float
    peaks_near_V: tuple[float | None, float | None]
    concentration_mol_cm3: float | None
    area_cm2: float | None
    temperature_degC: float
    electrons: int


def voltammetry(
    dataset: Dataset,
    *,
    cycle: int | str = "last",
    max_scan_rate_mV_s: float | None = None,
    correct_fade: bool = False,
    baseline: Baseline = "zero",
    series_resistance_Ohm: float = 0.0,
    anodic_peak_near_V: float | None = None,
    cathodic_peak_near_V: float | None = None,
    concentration_mol_cm3: float | None = None,
    area_cm2: float | None = None,
    temperature_degC: float = 25.0,
    electrons: int = 1,
) -> AnalysisResult:
    """Evaluate one cycle of each scan rate; see ``docs/reference/analyses.md`` for the formulas.

    Values: ``b value, anodic`` and ``, cathodic``; ``surface share at 0.5 mV/s`` for each rate; ``diffusion
    coefficient, anodic peak``, ``, cathodic peak`` (from the whole current) and ``…, anodic diffusion part``, ``…,
    cathodic diffusion part`` (from k2). Tables: ``peaks``, ``shares``, ``split``, ``curves``.
    ``max_scan_rate_mV_s`` leaves faster ones out; ``correct_fade`` takes off what cycles repeated at one rate show to
    be lost from rate to rate. ``concentration_mol_cm3`` is lithium in the host: without it there is no diffusion
    coefficient. ``area_cm2``: by default the cell's. Raises AnalysisError with fewer than two scan rates.
    """
    one_of("baseline", baseline, get_args(Baseline))
    positive("concentration_mol_cm3", concentration_mol_cm3)
    positive("area_cm2", area_cm2)
    options = _Options(
        cycle=cycle,
        max_scan_rate_mV_s=positive("max_scan_rate_mV_s", max_scan_rate_mV_s),
        correct_fade=correct_fade,
        baseline=baseline,
        series_resistance_Ohm=non_negative("series_resistance_Ohm", series_resistance_Ohm),
        peaks_near_V=(anodic_peak_near_V, cathodic_peak_near_V),
        concentration_mol_cm3=concentration_mol_cm3,
        area_cm2=area_cm2,
        temperature_degC=temperature_degC,
        electrons=whole_number("electrons", electrons, 1, 4),
    )
    return merge_runs((run.run_id, _of_run(run, options)) for run in dataset.runs)


def _of_run(run: RunData, options: _Options) -> AnalysisResult:
    chosen, as_measured, warnings = _chosen(run, options)
    split = split_current(chosen)
    if options.correct_fade:
        split = split.with_doubt_of(split_current(as_measured))
    series = [
        peak_series(chosen, way, options.baseline, near_V)
        for way, near_V in zip(DIRECTIONS, options.peaks_near_V, strict=True)
    ]
    warnings += [*_split_warnings(split), *(line for one in series for line in one.warnings)]
    equation = _equation(run, options)
    if equation and any(one.exponent is not None and one.exponent > _DIFFUSION_B for one in series):
        warnings.append(_NOT_DIFFUSION_ALONE)
    values = [one.b_value() for one in series] + _share_values(chosen, split)
    values += _diffusion_values(series, split, equation, options)
    mass_g = run.cell.active_mass_g
    return AnalysisResult(
        values=tuple(values),
        tables=(
            peaks_table(series, chosen, mass_g),
            shares_table(chosen, split),
            split_table(split, mass_g),
            curves_table(chosen, split, mass_g),
        ),
        warnings=tuple(warnings),
        provenance=(run_used(run, (one.sweep(way).cycle for one in chosen for way in DIRECTIONS)),),
    )


def _chosen(run: RunData, options: _Options) -> tuple[list[Voltammogram], list[Voltammogram], list[str]]:
    """One cycle of each rate, freed of fade where that is asked for; the same as measured; and warnings."""
    groups, warnings = whole_cycles(find_sweeps(run, options.series_resistance_Ohm))
    if options.max_scan_rate_mV_s is not None:
        groups = [group for group in groups if group[0].at_most(options.max_scan_rate_mV_s)]
    chosen, missing = choose_cycle(groups, options.cycle)
    as_measured = chosen
    warnings += missing
    if len(chosen) < 2:
        rates = ", ".join(one.rate_text for one in chosen) or "none"
        told = f" ({'; '.join(warnings)})" if warnings else ""
        raise AnalysisError(f"run {run.run_id}: two scan rates are needed, here: {rates}{told}")
    left = current_left(groups, chosen)
    warnings += scan_rate_warnings(chosen, run.plan) + fade_warnings(left, corrected=options.correct_fade)
    if options.correct_fade and left is not None:
        chosen = [one.scaled(1 / float(factor)) for one, factor in zip(chosen, left, strict=True)]
    return chosen, as_measured, warnings


def _share_values(chosen: list[Voltammogram], split: Split) -> list[Value]:
    values = []
    for place, one in enumerate(chosen):
        error = None if split.share_error is None else 1e2 * float(split.share_error[place])
        note = f"|k1 v| of |i|, both sweeps, {len(chosen)} rates"
        values.append(Value(f"surface share at {one.rate_text}", 1e2 * float(split.share[place]), "%", error, note))
    return values


def _split_warnings(split: Split) -> list[str]:
    lines = []
    if split.wrong_sign > _WRONG_SIGN:
        lines.append(
            f"k1 points against the current in {1e2 * split.wrong_sign:.0f} % of the charge: the split fails there"
        )
    if split.r_squared < _STRAIGHT_SPLIT:
        lines.append(f"k1 v + k2 v^0.5 describes the currents with R squared {split.r_squared:.3f} only")
    if float(split.share.max()) > 1:
        lines.append("a surface share above 100 %: the currents rise faster than the scan rate")
    return lines


def _equation(run: RunData, options: _Options) -> RandlesSevcik | None:
    area_cm2 = options.area_cm2 or run.cell.area_cm2
    if options.concentration_mol_cm3 is None or area_cm2 is None:
        return None
    return RandlesSevcik(area_cm2, options.concentration_mol_cm3, options.temperature_degC, options.electrons)


def _diffusion_values(
    series: list[PeakSeries], split: Split, equation: RandlesSevcik | None, options: _Options
) -> list[Value]:
    values = []
    for one in series:
        name = f"diffusion coefficient, {one.direction}"
        if equation is None:
            needed = "area_cm2" if options.concentration_mol_cm3 else "concentration_mol_cm3 (lithium in the host)"
            values += [Value(f"{name} {part}", None, "cm2/s", note=f"give {needed}") for part in _PARTS]
            continue
        basis = (
            f"C = {equation.concentration_mol_cm3:g} mol/cm3, A = {equation.area_cm2:g} cm2, "
            f"{equation.temperature_degC:g} degC"
        )
        values.append(_whole(name, one, equation, basis))
        largest = float(abs(split.k2[one.direction]).max())
        values.append(_value(f"{name} {_PARTS[1]}", equation.from_slope(largest), f"largest k2; {basis}"))
    return values


def _whole(name: str, one: PeakSeries, equation: RandlesSevcik, basis: str) -> Value:
    if one.exponent is None:
        return Value(f"{name} {_PARTS[0]}", None, "cm2/s", note="fewer than two scan rates show a peak")
    found = equation.from_peaks(one.rate_V_s, one.peak_A)
    return _value(f"{name} {_PARTS[0]}", found, f"line through the origin, {len(one.peak_A)} rates; {basis}")


def _value(name: str, found: Diffusion, note: str) -> Value:
    return Value(name, found.coefficient_cm2_s, "cm2/s", found.error_cm2_s, note)
