"""The analysis ``impedance_fit``: first whether each spectrum can be believed, then the circuit that describes it."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.impedance.circuit import Circuit, Diffusion
from orchestrator.analysis.impedance.circuit_fit import CircuitFit
from orchestrator.analysis.impedance.fitted_spectrum import FittedSpectrum, charge_transfer_place, fit_spectra
from orchestrator.analysis.impedance.spectrum import require_spectra
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Column, Scalar, Table, Value, merge_runs

__all__ = ["impedance_fit"]

_TAILS = {
    "warburg": (Column("Warburg coefficient", "Ohm s^-0.5"),),
    "finite_space": (Column("diffusion resistance", "Ohm"), Column("diffusion time", "s")),
    "cpe": (Column("tail 1/Q", "Ohm s^-n"), Column("tail exponent")),
    "none": (),
}


def impedance_fit(
    dataset: Dataset,
    *,
    arcs: int = 2,
    diffusion: Diffusion = "warburg",
    inductance: bool = True,
    charge_transfer_arc: str | int = "slowest",
    kk_limit_pct: float = 1.0,
) -> AnalysisResult:
    """Judge every spectrum by Kramers-Kronig and fit L + R0 + arcs + diffusion to it.

    Arcs are ordered by time constant; ``charge_transfer_arc`` names the one that is R_ct: ``slowest``, or its number
    from 1. Values: ``R_ct, spectrum N`` and ``R0, spectrum N`` in Ohm, ``spectra that pass Kramers-Kronig``. Tables:
    ``spectra`` (one row a spectrum) and ``points`` (one row a point: measured, fitted, Kramers-Kronig residual).
    Raises AnalysisError where a run has no usable spectrum.
    """
    circuit = Circuit(arcs, diffusion, inductance)
    charge_transfer_place(charge_transfer_arc, arcs)
    return merge_runs((run.run_id, _of_run(run, circuit, charge_transfer_arc, kk_limit_pct)) for run in dataset.runs)


def _of_run(run: RunData, circuit: Circuit, charge_transfer_arc: str | int, kk_limit_pct: float) -> AnalysisResult:
    spectra, warnings = require_spectra(run)
    fitted = fit_spectra(spectra, circuit, charge_transfer_arc, kk_limit_pct)
    believed = sum(one.verdict.passed for one in fitted)
    count = Value("spectra that pass Kramers-Kronig", float(believed), "1", note=f"of {len(fitted):d}")
    return AnalysisResult(
        values=(count, *(value for one in fitted for value in _values(one))),
        tables=(_spectra_table(fitted, circuit), _points_table(fitted)),
        warnings=(*warnings, *(line for one in fitted for line in one.warnings)),
        provenance=(run_used(run, (one.spectrum.cycle for one in fitted)),),
    )


def _values(one: FittedSpectrum) -> tuple[Value, Value]:
    spectrum, arc = one.spectrum, one.charge_transfer
    degC = spectrum.temperature.degC
    at = f"{degC:.1f} degC ({spectrum.temperature.source})" if degC is not None else "temperature unknown"
    verdict = "passes Kramers-Kronig" if one.verdict.passed else "fails Kramers-Kronig"
    note = f"arc {one.place + 1} of {len(one.fit.arcs)} by time constant, {arc.time_constant_s:.3g} s; {at}; {verdict}"
    return (
        Value(f"R_ct, spectrum {spectrum.number}", arc.resistance_Ohm, "Ohm", arc.resistance_error_Ohm, note),
        Value(f"R0, spectrum {spectrum.number}", one.fit.series_Ohm, "Ohm", one.fit.series_error_Ohm),
    )


def _spectra_table(fitted: Sequence[FittedSpectrum], circuit: Circuit) -> Table:
    per_arc = [
        Column(f"{what} {place}", unit)
        for place in range(1, circuit.arcs + 1)
        for what, unit in (("R", "Ohm"), ("R error", "Ohm"), ("tau", "s"), ("exponent", None))
    ]
    columns = (
        *(Column("spectrum"), Column("cycle"), Column("label"), Column("temperature", "degC")),
        *(Column("temperature source"), Column("voltage", "V"), Column("points")),
        *(Column("Kramers-Kronig"), Column("Kramers-Kronig residual", "%")),
        *(Column("drift", "%"), Column("drift error", "%")),
        *(Column("R_ct", "Ohm"), Column("R_ct error", "Ohm"), Column("R0", "Ohm"), Column("R0 error", "Ohm")),
        *per_arc,
        *_TAILS[circuit.diffusion],
        *((Column("inductance", "H"),) if circuit.inductance else ()),
        Column("fit residual", "%"),
    )
    return Table("spectra", columns, tuple(_spectrum_row(one) for one in fitted))


def _spectrum_row(one: FittedSpectrum) -> tuple[Scalar, ...]:
    spectrum, verdict, fit = one.spectrum, one.verdict, one.fit
    arc = one.charge_transfer
    return (
        *(spectrum.number, spectrum.cycle, spectrum.temperature.label, spectrum.temperature.degC),
        *(spectrum.temperature.source, spectrum.voltage_V, len(spectrum)),
        *("passes" if verdict.passed else verdict.reason, 1e2 * verdict.rms),
        *(_percent(verdict.drift), _percent(verdict.drift_error)),
        *(arc.resistance_Ohm, arc.resistance_error_Ohm, fit.series_Ohm, fit.series_error_Ohm),
        *_circuit_cells(fit),
        1e2 * fit.rms,
    )


def _circuit_cells(fit: CircuitFit) -> list[Scalar]:
    cells: list[Scalar] = []
    for arc in fit.arcs:
        cells += [arc.resistance_Ohm, arc.resistance_error_Ohm, arc.time_constant_s, arc.exponent]
    if fit.tail is not None:
        cells.append(fit.tail)
    if fit.tail_shape is not None:
        cells.append(fit.tail_shape)
    if fit.inductance_H is not None:
        cells.append(fit.inductance_H)
    return cells


def _points_table(fitted: Sequence[FittedSpectrum]) -> Table:
    columns = (
        *(Column("spectrum"), Column("frequency", "Hz"), Column("Z real", "Ohm"), Column("Z imag", "Ohm")),
        *(Column("fit real", "Ohm"), Column("fit imag", "Ohm")),
        *(Column("Kramers-Kronig residual real", "%"), Column("Kramers-Kronig residual imag", "%")),
    )
    rows: list[tuple[Scalar, ...]] = []
    for one in fitted:
        parts = (one.spectrum.z_Ohm, one.fit.fitted_Ohm, 1e2 * one.verdict.residual)
        split = [column.tolist() for z in parts for column in (z.real, z.imag)]
        numbers = [one.spectrum.number] * len(one.spectrum)
        rows += zip(numbers, one.spectrum.frequency_Hz.tolist(), *split, strict=True)
    return Table("points", columns, tuple(rows))


def _percent(share: float | None) -> float | None:
    return None if share is None else 1e2 * share
