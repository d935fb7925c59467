"""Differential capacity of chosen cycles."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from orchestrator.report.figures.columns import numbers, rows_where, unit_of
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.style import INK, shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["differential_capacity"]


def differential_capacity(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run: charge above, discharge below the line."""
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
                axes.plot(numbers(one, "voltage"), sign * abs(numbers(one, "dQ/dV")), color=color, label=name)
        axes.axhline(0, color=INK, linewidth=0.5)
        axes.legend(loc="lower right")
    return figure
