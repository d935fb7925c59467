"""Small panels of one kind, one a run."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.style import WIDTH_in
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["panels"]

_ACROSS = 3
_TICKS = 5
"""Intervals of an axis: few, since the ticks of many panels are most of what drawing them takes."""
_NARROW = 0.62
"""Of the text width, for a single panel."""


def panels(
    runs: Sequence[MeasuredRun],
    x_label: str,
    y_label: str,
    *,
    height_in: float = 1.75,
    share: bool = True,
    legend_in: float = 0.0,
) -> tuple[Figure, list[tuple[MeasuredRun, Axes]]]:
    """Return a figure and its panels; each is titled with its cell and run. Outer panels carry the labels.

    ``legend_in``: room below for a legend of all.
    """
    across = min(_ACROSS, len(runs))
    layout = Layout(
        across,
        -(-len(runs) // across),
        WIDTH_in if across > 1 else _NARROW * WIDTH_in,
        height_in,
        bottom_in=0.45 + legend_in,
        between_columns_in=0.15 if share else 0.42,
        between_rows_in=0.3 if share else 0.72,
    )
    figure, grid = layout.figure(share=share)
    every = list(grid.flat)
    for axes in every[len(runs) :]:
        axes.set_axis_off()
    shown = list(zip(runs, every, strict=False))
    for place, (run, axes) in enumerate(shown):
        last_in_column = place + across >= len(runs)
        axes.tick_params(labelbottom=last_in_column or not share)
        if last_in_column or not share:
            axes.set_xlabel(x_label)
        if place % across == 0:
            axes.set_ylabel(y_label)
        axes.locator_params(nbins=_TICKS)
        axes.set_title(run.name)
    return figure, shown
