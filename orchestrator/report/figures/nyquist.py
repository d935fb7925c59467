"""Nyquist plots with fits."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orchestrator.report.figures.columns import numbers
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.spectra import spectra_of
from orchestrator.report.figures.style import shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["nyquist"]


def nyquist(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run, equal scales on both axes: points measured, lines fitted, the coldest the darkest."""
    figure, every = panels(runs, "Re Z / Ω", "−Im Z / Ω", height_in=1.65, share=False)
    for run, axes in every:
        spectra = list(spectra_of(run))
        for one, color in zip(spectra, shades(len(spectra)), strict=True):
            real, imaginary = numbers(one.points, "Z real"), -numbers(one.points, "Z imag")
            axes.plot(real, imaginary, "o", markersize=2.4, color=color, label=one.name)
            axes.plot(numbers(one.points, "fit real"), -numbers(one.points, "fit imag"), color=color, linewidth=0.9)
        _same_scale(axes)
        axes.legend(loc="upper left", handletextpad=0.2, handlelength=1.0)
    return figure


def _same_scale(axes: Axes) -> None:
    """Give both axes one scale, from zero to where everything is seen, in whatever shape the panel has."""
    (_, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    panel = axes.get_window_extent()
    shape = panel.height / panel.width
    low = min(low, 0.0)
    across = max(right, (high - low) / shape)
    axes.set_xlim(0, across)
    axes.set_ylim(low, low + across * shape)
