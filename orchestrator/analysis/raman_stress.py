"""The analysis ``raman_stress``: residual stress from the shift of the Raman line, which is entered with the cell."""

from __future__ import annotations

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.entered import entered_number, known_numbers
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.option_checks import positive
from orchestrator.analysis.result import AnalysisResult, Column, RunUsed, Scalar, Table, Value, merge_runs

__all__ = ["raman_stress"]

_SHIFT, _SHIFT_ERROR = "raman_shift_per_cm", "raman_shift_error_per_cm"
_PEAK, _REFERENCE = "raman_peak_per_cm", "raman_reference_per_cm"
_BEYOND_ELASTIC_GPa = 20.0


def raman_stress(dataset: Dataset, *, stress_per_shift_GPa_cm: float = 0.209) -> AnalysisResult:
    """Return stress = 0.209 GPa cm times the shift (Zhang et al. 2024, Eq. 7; hydrostatic, silicon line at 520 cm-1).

    Entered with the cell: ``raman_shift_per_cm``, or ``raman_peak_per_cm`` and ``raman_reference_per_cm``; optionally
    ``raman_shift_error_per_cm``, one standard deviation. The constants of Eq. 7 give the factor a negative sign, which
    the paper drops: the magnitude is reported, and the note says which way the line moved.
    Raises AnalysisError where nothing is entered.
    """
    positive("stress_per_shift_GPa_cm", stress_per_shift_GPa_cm)
    return merge_runs((run.run_id, _of_run(run, stress_per_shift_GPa_cm)) for run in dataset.runs)


def _of_run(run: RunData, factor: float) -> AnalysisResult:
    shift, source = _shift(run)
    error = entered_number(run.cell, _SHIFT_ERROR)
    if error is not None and error < 0:
        raise AnalysisError(f"cell {run.cell.id}: {_SHIFT_ERROR} is {error:g}; a standard deviation is not negative")
    stress_GPa = factor * abs(shift)
    stress_error = None if error is None else factor * error
    way = "up: compression" if shift > 0 else "down: tension" if shift < 0 else "not at all"
    note = f"{source}, {shift:+g} cm-1 ({way}); magnitude, {factor:g} GPa cm"
    row: tuple[Scalar, ...] = (run.cell.id, shift, error, stress_GPa, stress_error)
    per_cm = "cm-1"
    columns = (
        *(Column("cell"), Column("shift", per_cm), Column("shift error", per_cm)),
        *(Column("stress", "GPa"), Column("stress error", "GPa")),
    )
    return AnalysisResult(
        values=(Value("residual stress", stress_GPa, "GPa", stress_error, note),),
        tables=(Table("raman", columns, (row,)),),
        warnings=_doubts(stress_GPa),
        provenance=(RunUsed(run.run_id, ()),),
    )


def _shift(run: RunData) -> tuple[float, str]:
    shift, peak, reference = (entered_number(run.cell, name) for name in (_SHIFT, _PEAK, _REFERENCE))
    if shift is not None:
        return shift, "shift as entered"
    if peak is not None and reference is not None:
        return peak - reference, f"line at {peak:g} against {reference:g} cm-1, as entered"
    raise AnalysisError(
        f"cell {run.cell.id} has no Raman shift; enter {_SHIFT}, or {_PEAK} and {_REFERENCE}; "
        f"entered so far: {known_numbers(run.cell)}"
    )


def _doubts(stress_GPa: float) -> tuple[str, ...]:
    if stress_GPa > _BEYOND_ELASTIC_GPa:
        return (f"{stress_GPa:.3g} GPa is beyond what silicon bears: is the entry a shift, and not a line's position?",)
    return ()
