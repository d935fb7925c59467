"""What figures of spectra draw: points, fit and temperature of each spectrum of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.analysis.result import Table
from orchestrator.report.figures.columns import rows_where
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["DrawnSpectrum", "spectra_of"]


@dataclass(frozen=True, slots=True)
class DrawnSpectrum:
    """One spectrum; ``points`` has measured values, fit and residuals."""

    number: int
    name: str
    points: Table


def spectra_of(run: MeasuredRun) -> Iterator[DrawnSpectrum]:
    """Spectra of the run's ``impedance_fit``, coldest first."""
    table, points = run.table("impedance_fit", "spectra"), run.table("impedance_fit", "points")
    if table is None or points is None:
        return
    columns = (table.column("spectrum"), table.column("temperature"), table.column("label"))
    rows = sorted(zip(*columns, strict=True), key=lambda row: (row[1] is None, row[1] or 0.0, row[0]))
    for number, degC, label in rows:
        name = f"{degC:.0f} °C" if isinstance(degC, float) else str(label or f"spectrum {number}")
        yield DrawnSpectrum(int(str(number)), name, rows_where(points, spectrum=number))
