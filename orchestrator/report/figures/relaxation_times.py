"""Distributions of relaxation times."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from orchestrator.report.figures.columns import numbers, rows_where
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.spectra import spectra_of
from orchestrator.report.figures.style import shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["relaxation_times"]


def relaxation_times(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run, the coldest the darkest; a peak's area is its resistance."""
    figure, every = panels(runs, "time constant / s", "γ / Ω", share=False)
    for run, axes in every:
        table = run.table("drt", "drt")
        if table is None:
            continue
        names = {one.number: one.name for one in spectra_of(run)}
        found = {int(number) for number in numbers(table, "spectrum")}
        coldest_first = [*(one for one in names if one in found), *sorted(found - names.keys())]
        for number, color in zip(coldest_first, shades(len(coldest_first)), strict=True):
            one = rows_where(table, spectrum=number)
            name = names.get(number, f"spectrum {number}")
            axes.plot(numbers(one, "time constant"), numbers(one, "gamma"), color=color, label=name)
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")
    return figure
