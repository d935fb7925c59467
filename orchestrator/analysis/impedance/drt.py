"""The analysis ``drt``: distribution of relaxation times of every spectrum, on demand."""

from __future__ import annotations

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.impedance.kramers_kronig import check_kramers_kronig
from orchestrator.analysis.impedance.relaxation_times import relaxation_times
from orchestrator.analysis.impedance.spectrum import require_spectra
from orchestrator.analysis.option_checks import positive
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Column, Scalar, Table, Value, merge_runs

__all__ = ["drt"]

_POORLY_DESCRIBED = 0.01


def drt(dataset: Dataset, *, regularisation: float = 1e-3) -> AnalysisResult:
    """Distribute the polarisation resistance over time constants, by Tikhonov regularisation with gamma >= 0.

    Values: ``relaxation peaks, spectrum N``: how many lie inside the measured range. Tables: ``drt`` (time constant and
    gamma of every spectrum) and ``peaks`` (time constant and resistance, the area between valleys).
    """
    positive("regularisation", regularisation)
    return merge_runs((run.run_id, _of_run(run, regularisation)) for run in dataset.runs)


def _of_run(run: RunData, regularisation: float) -> AnalysisResult:
    spectra, warnings = require_spectra(run)
    values, points, peaks = [], list[tuple[Scalar, ...]](), list[tuple[Scalar, ...]]()
    for spectrum in spectra:
        verdict = check_kramers_kronig(spectrum)
        if not verdict.passed:
            warnings.append(f"spectrum {spectrum.number} fails Kramers-Kronig: {verdict.reason}")
        found = relaxation_times(spectrum, regularisation)
        if found.rms > _POORLY_DESCRIBED:
            told = f"{1e2 * found.rms:.2g} % of the modulus"
            warnings.append(f"spectrum {spectrum.number}: residual {told}; choose a smaller regularisation")
        inside = sum(peak.inside for peak in found.peaks)
        note = f"regularisation {regularisation:g}; broad or close arcs may share a peak"
        values.append(Value(f"relaxation peaks, spectrum {spectrum.number}", float(inside), "1", note=note))
        pairs = zip(found.time_constant_s.tolist(), found.gamma_Ohm.tolist(), strict=True)
        points += [(spectrum.number, *pair) for pair in pairs]
        peaks += [
            (spectrum.number, peak.time_constant_s, peak.resistance_Ohm, "" if peak.inside else "outside the spectrum")
            for peak in found.peaks
        ]
    tau = Column("time constant", "s")
    return AnalysisResult(
        values=tuple(values),
        tables=(
            Table("drt", (Column("spectrum"), tau, Column("gamma", "Ohm")), tuple(points)),
            Table("peaks", (Column("spectrum"), tau, Column("resistance", "Ohm"), Column("remark")), tuple(peaks)),
        ),
        warnings=tuple(warnings),
        provenance=(run_used(run, (spectrum.cycle for spectrum in spectra)),),
    )
