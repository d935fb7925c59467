"""How the peak current grows with the scan rate."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, NullLocator

from orchestrator.report.figures.columns import numbers, rows_where, unit_of
from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.legend_below import legend_below, legend_height_in
from orchestrator.report.figures.looks import Looks
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["b_fit"]

_HEIGHT_in = 2.2


def b_fit(runs: Sequence[MeasuredRun], looks: Looks) -> Figure:
    """Double logarithmic, a panel a direction; the line is a v^b."""
    figure, (both,) = Layout(2, panel_height_in=_HEIGHT_in, bottom_in=0.45 + legend_height_in(len(runs))).figure()
    unit = ""
    rates: set[float] = set()
    for axes, direction in zip(both, ("anodic", "cathodic"), strict=True):
        for run in runs:
            table = run.table("voltammetry", "peaks")
            if table is None:
                continue
            peaks, look = rows_where(table, direction=direction), looks[run.id]
            unit = unit_of(table, "peak current")
            rate, b = numbers(peaks, "scan rate"), run.value("voltammetry", f"b value, {direction}")
            told = "" if b is None else f", b = {b.value:.3f}"
            rates.update(float(f"{one:.3g}") for one in rate)
            axes.plot(rate, numbers(peaks, "peak current"), look.marker, color=look.color, label=f"{run.name}{told}")
            axes.plot(rate, numbers(peaks, "line"), color=look.color, linewidth=0.8)
        axes.set(xscale="log", yscale="log", xlabel="scan rate / mV/s", ylabel=f"peak current / {unit}")
        axes.set_xticks(sorted(rates), [f"{rate:.3g}" for rate in sorted(rates)])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.yaxis.set_minor_formatter(FormatStrFormatter("%g"))
        axes.tick_params(axis="y", which="minor", labelsize=6)
        axes.set_title(f"{direction} peak")
        legend_below(axes, _HEIGHT_in)
    return figure
