"""Results of several cells over a number entered with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from orchestrator.report.correlation import Correlation
from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.style import INK, PALETTE, WIDTH_in

__all__ = ["correlations"]

_ACROSS = 3


def correlations(found: Sequence[Correlation]) -> Figure:
    """One panel a value: the points, the line, its R² and how many different values of the property there are."""
    across = min(_ACROSS, len(found))
    rows = -(-len(found) // across)
    width_in = WIDTH_in if across > 1 else 0.62 * WIDTH_in
    figure, grid = Layout(across, rows, width_in, 1.5).figure()
    for axes in grid.flat[len(found) :]:
        axes.set_axis_off()
    for one, axes in zip(found, grid.flat, strict=False):
        ends = np.array([min(one.x), max(one.x)])
        axes.plot(ends, one.line.intercept + one.line.slope * ends, color=INK, linewidth=0.8)
        axes.plot(one.x, one.y, "o", color=PALETTE[0])
        told = "" if one.line.r_squared is None else f"R² = {one.line.r_squared:.3f}, "
        axes.set_title(f"{told}{one.different} values", fontweight="normal", fontsize=7)
        axes.set(xlabel=one.property_label, ylabel=one.value_label)
        axes.margins(0.1)
    return figure
