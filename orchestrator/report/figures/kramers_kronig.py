"""Residuals against a Kramers-Kronig chain."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from orchestrator.report.figures.columns import numbers
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.spectra import spectra_of
from orchestrator.report.figures.style import INK, shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["kramers_kronig"]


def kramers_kronig(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run: solid real, dotted imaginary part, in percent of the modulus."""
    figure, every = panels(runs, "frequency / Hz", "residual / %", height_in=1.4, legend_in=0.2)
    for run, axes in every:
        spectra = list(spectra_of(run))
        for one, color in zip(spectra, shades(len(spectra)), strict=True):
            frequency = numbers(one.points, "frequency")
            for part, line in (("real", "-"), ("imag", ":")):
                residual = numbers(one.points, f"Kramers-Kronig residual {part}")
                axes.plot(frequency, residual, line, color=color, linewidth=0.8, label=one.name if line == "-" else "")
        axes.axhline(0, color=INK, linewidth=0.5)
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=6)
    return figure
