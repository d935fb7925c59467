"""Differential capacity of chosen cycles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from orchestrator.report.figures.columns import numbers, rows_where, unit_of
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.style import INK, shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["differential_capacity"]

_EDGE = 0.03
"""Share of the window at either end in which a curve may leave the panel."""


def differential_capacity(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run: charge above, discharge below the line; a rise up to a cut-off is no peak, and is cut off."""
    largest = 0.0
    first = next(table for run in runs if (table := run.table("dq_dv", "dq_dv")))
    figure, every = panels(runs, "voltage / V", f"dQ/dV / {unit_of(first, 'dQ/dV')}")
    for run, axes in every:
        table = run.table("dq_dv", "dq_dv")
        if table is None:
            continue
        cycles = sorted(set(numbers(table, "cycle")))
        for cycle, color in zip(cycles, shades(len(cycles)), strict=True):
            for direction, sign in (("charge", 1), ("discharge", -1)):
                one = rows_where(table, cycle=int(cycle), direction=direction)
                name = f"cycle {cycle:.0f}" if sign > 0 else ""
                voltage, height = numbers(one, "voltage"), abs(numbers(one, "dQ/dV"))
                axes.plot(voltage, sign * height, color=color, label=name)
                inside = abs(voltage - np.mean(voltage[[0, -1]])) < (0.5 - _EDGE) * np.ptp(voltage)
                largest = max(largest, float(np.max(height[inside], initial=0.0)))
        axes.axhline(0, color=INK, linewidth=0.5)
        axes.legend(loc="lower right")
    for _, axes in every if largest > 0 else ():
        axes.set_ylim(-1.1 * largest, 1.1 * largest)
    return figure
