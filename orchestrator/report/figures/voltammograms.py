"""Voltammograms at every scan rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from orchestrator.report.figures.columns import numbers, rows_where, unit_of
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.style import shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["voltammograms"]


def voltammograms(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run, the slowest scan the darkest; grey is the surface part (k1 v) of the fastest."""
    table = next(table for run in runs if (table := run.table("voltammetry", "curves")))
    figure, every = panels(
        runs, "voltage / V vs Li/Li⁺", f"current / {unit_of(table, 'current')}", height_in=2.2, share=False
    )
    for run, axes in every:
        curves = run.table("voltammetry", "curves")
        if curves is None:
            continue
        rates = sorted(set(numbers(curves, "scan rate")))
        for rate, color in zip(rates, shades(len(rates)), strict=True):
            one = rows_where(curves, scan_rate=rate)
            if rate == rates[-1]:
                axes.fill(numbers(one, "potential"), numbers(one, "surface part"), color="#cccccc", linewidth=0)
            potential, current = numbers(one, "potential"), numbers(one, "current")
            closed = (np.append(potential, potential[:1]), np.append(current, current[:1]))
            axes.plot(*closed, color=color, label=f"{rate:.3g} mV/s")
        axes.legend(loc="best")
    return figure
