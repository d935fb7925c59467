"""What figures of spectra draw: points, fit and temperature of each spectrum of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.analysis.result import Scalar, Table
from orchestrator.report.figures.columns import rows_where
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["DrawnSpectrum", "spectra_of"]


@dataclass(frozen=True, slots=True)
class DrawnSpectrum:
    """One spectrum; ``points`` has measured values, fit and residuals."""

    number: int
    name: str
    points: Table


def _order(row: tuple[Scalar, Scalar, Scalar]) -> tuple[bool, int, int]:
    """By the temperature that is shown, then as they were measured."""
    number, degC, _ = row
    return (False, round(degC), int(str(number))) if isinstance(degC, float) else (True, 0, int(str(number)))


def spectra_of(run: MeasuredRun) -> Iterator[DrawnSpectrum]:
    """Spectra of the run's ``impedance_fit``, coldest first."""
    table, points = run.table("impedance_fit", "spectra"), run.table("impedance_fit", "points")
    if table is None or points is None:
        return
    columns = (table.column("spectrum"), table.column("temperature"), table.column("label"))
    rows = sorted(zip(*columns, strict=True), key=_order)
    names = [_name(*row) for row in rows]
    for (number, *_), name in zip(rows, names, strict=True):
        told = name if names.count(name) == 1 else f"{name} ({number})"
        yield DrawnSpectrum(int(str(number)), told, rows_where(points, spectrum=number))


def _name(number: Scalar, degC: Scalar, label: Scalar) -> str:
    return f"{degC:.0f} °C" if isinstance(degC, float) else str(label or f"spectrum {number}")
