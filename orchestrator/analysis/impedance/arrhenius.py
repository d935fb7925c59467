"""The analysis ``arrhenius``: activation energy of charge transfer from the run's spectra at several temperatures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import get_args

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.impedance.arrhenius_line import (
    ArrheniusLine,
    Form,
    arrhenius_line,
    different_temperatures,
    kelvin_of,
)
from orchestrator.analysis.impedance.circuit import Circuit, Diffusion
from orchestrator.analysis.impedance.fitted_spectrum import FittedSpectrum, charge_transfer_place, fit_spectra
from orchestrator.analysis.impedance.spectrum import require_spectra
from orchestrator.analysis.option_checks import one_of
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Column, Scalar, Table, Value, merge_runs

__all__ = ["arrhenius"]

_SAME_VOLTAGE_V = 0.05
_STRAIGHT_R_SQUARED = 0.98
_ABSOLUTE_ZERO_degC = -273.15


def arrhenius(
    dataset: Dataset,
    *,
    form: Form = "ln(T/R_ct)",
    arcs: int = 2,
    diffusion: Diffusion = "warburg",
    inductance: bool = True,
    charge_transfer_arc: str | int = "slowest",
    kk_limit_pct: float = 1.0,
    include_failing: bool = False,
) -> AnalysisResult:
    """Fit a line through ln(T/R_ct), or ln(1/R_ct), against 1/T.

    1/R_ct = (zFA j0'/RT) exp(-Ea/RT) (Zhang et al. 2024, Eq. 3) makes ln(T/R_ct) the straight one; ln(1/R_ct) gives
    some 2.4 kJ/mol less, R times the mean temperature. Both are reported; ``form`` says which is ``activation energy``.
    Spectra that fail Kramers-Kronig are left out unless ``include_failing``. Table: ``arrhenius``, one row a spectrum.
    Raises AnalysisError with fewer than two temperatures.
    """
    one_of("form", form, get_args(Form))
    circuit = Circuit(arcs, diffusion, inductance)
    charge_transfer_place(charge_transfer_arc, arcs)
    results = []
    for run in dataset.runs:
        spectra, warnings = require_spectra(run)
        fitted = fit_spectra(spectra, circuit, charge_transfer_arc, kk_limit_pct)
        results.append((run.run_id, _of_run(run, fitted, warnings, form, include_failing)))
    return merge_runs(results)


def _of_run(
    run: RunData, fitted: Sequence[FittedSpectrum], warnings: list[str], form: Form, include_failing: bool
) -> AnalysisResult:
    excluded = {one.spectrum.number: _reason_against(one, include_failing) for one in fitted}
    warnings += [f"spectrum {number} left out: {reason}" for number, reason in excluded.items() if reason]
    used = [one for one in fitted if not excluded[one.spectrum.number]]
    temperatures = different_temperatures(used)
    if len(temperatures) < 2:
        listed = ", ".join(f"{degC:.1f} degC" for degC in temperatures) or "none"
        told = f" ({'; '.join(warnings)})" if warnings else ""
        raise AnalysisError(f"run {run.run_id}: a line needs spectra at two temperatures or more, here: {listed}{told}")
    lines = {each: arrhenius_line(used, each) for each in get_args(Form)}
    chosen = lines[form]
    return AnalysisResult(
        values=_values(lines, form, fitted, used),
        tables=(_table(fitted, excluded, chosen),),
        warnings=(*warnings, *_assumptions(used, chosen), *(line for one in used for line in one.warnings)),
        provenance=(run_used(run, (one.spectrum.cycle for one in used)),),
    )


def _reason_against(one: FittedSpectrum, include_failing: bool) -> str:
    degC = one.spectrum.temperature.degC
    if degC is None:
        return "its temperature is unknown; label it with one, as eis 25 degC"
    if degC <= _ABSOLUTE_ZERO_degC:
        return f"{degC:g} degC is no temperature"
    if one.charge_transfer.resistance_Ohm <= 0:
        return "R_ct came out negative"
    if not one.verdict.passed and not include_failing:
        return f"fails Kramers-Kronig: {one.verdict.reason}"
    return ""


def _values(
    lines: Mapping[Form, ArrheniusLine], form: Form, fitted: Sequence[FittedSpectrum], used: Sequence[FittedSpectrum]
) -> tuple[Value, ...]:
    believed = sum(one.verdict.passed for one in fitted)
    interval = lines[form].interval_kJ_mol()
    ends = []
    for place, end in enumerate(("lower", "upper")):
        name, note = f"activation energy, {end} 95 % bound", None if interval else "two points make any line"
        ends.append(Value(name, interval[place] if interval else None, "kJ/mol", note=note))
    sources = sorted({one.spectrum.temperature.source for one in used})
    return (
        lines[form].value("activation energy"),
        *ends,
        *(line.value(f"activation energy, {each}") for each, line in lines.items()),
        _r_squared(lines[form]),
        Value("temperatures", float(len(lines[form].temperatures_degC)), "1", note=f"source: {', '.join(sources)}"),
        Value("spectra that pass Kramers-Kronig", float(believed), "1", note=f"of {len(fitted):d}"),
    )


def _r_squared(line: ArrheniusLine) -> Value:
    found = line.line.r_squared
    return Value("R squared", found, "1", note="R_ct does not vary" if found is None else None)


def _assumptions(used: Sequence[FittedSpectrum], chosen: ArrheniusLine) -> list[str]:
    lines = []
    count = len(chosen.temperatures_degC)
    if count <= 3:
        lines.append(f"{count} temperatures: a line through so few points cannot show that the law holds")
    if count > 2 and chosen.line.r_squared is not None and chosen.line.r_squared < _STRAIGHT_R_SQUARED:
        lines.append(f"R squared is {chosen.line.r_squared:.3f}: the points do not lie on one line")
    if chosen.line.slope >= 0:
        lines.append("R_ct does not fall with temperature: the activation energy is not that of charge transfer")
    voltages_V = [one.spectrum.voltage_V for one in used if one.spectrum.voltage_V is not None]
    if voltages_V and max(voltages_V) - min(voltages_V) > _SAME_VOLTAGE_V:
        spread = f"{1e3 * (max(voltages_V) - min(voltages_V)):.0f} mV"
        lines.append(f"the spectra's voltages differ by {spread}: they may not belong to one state of charge")
    if any(one.spectrum.temperature.source == "label" for one in used):
        lines.append("temperatures are those of the labels: nothing shows that the cell had them")
    return lines


def _table(fitted: Sequence[FittedSpectrum], excluded: Mapping[int, str], chosen: ArrheniusLine) -> Table:
    columns = (
        *(Column("spectrum"), Column("temperature", "degC"), Column("1000/T", "1/K")),
        *(Column("R_ct", "Ohm"), Column("R_ct error", "Ohm"), Column(chosen.form), Column("line")),
        *(Column("Kramers-Kronig"), Column("excluded")),
    )
    return Table("arrhenius", columns, tuple(_row(one, excluded[one.spectrum.number], chosen) for one in fitted))


def _row(one: FittedSpectrum, excluded: str, chosen: ArrheniusLine) -> tuple[Scalar, ...]:
    arc, degC = one.charge_transfer, one.spectrum.temperature.degC
    inverse = logarithm = on_line = None
    if degC is not None and degC > _ABSOLUTE_ZERO_degC:
        kelvin = kelvin_of(one)
        inverse, on_line = 1e3 / kelvin, chosen.line.at(1 / kelvin)
        if arc.resistance_Ohm > 0:
            logarithm = math.log((kelvin if chosen.form == "ln(T/R_ct)" else 1.0) / arc.resistance_Ohm)
    verdict = "passes" if one.verdict.passed else one.verdict.reason
    errors = (arc.resistance_Ohm, arc.resistance_error_Ohm)
    return (one.spectrum.number, degC, inverse, *errors, logarithm, on_line, verdict, excluded)
