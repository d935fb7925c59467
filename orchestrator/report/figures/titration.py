"""Diffusion over the state of charge, by titration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from orchestrator.report.figures.columns import numbers, rows_where, unit_of
from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.looks import Looks
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["titration"]

_DECADE = 10.0


def titration(runs: Sequence[MeasuredRun], looks: Looks) -> Figure:
    """Voltage over time; then the coefficient, or D/L² where no length is known. Filled: discharge, hollow: charge.

    Pulses that tell nothing, or are in doubt, are small dots.
    """
    figure, ((course, diffusion),) = Layout(2, panel_height_in=2.3, between_columns_in=0.75).figure()
    tables = [table for run in runs if (table := run.table("gitt", "pulses"))]
    quantity = "D" if all(np.isfinite(numbers(table, "D")).any() for table in tables) else "D/L²"
    for run in runs:
        look, table = looks[run.id], run.table("gitt", "pulses")
        if run.course is not None:
            course.fill_between(
                run.course.time_h, run.course.lowest_V, run.course.highest_V, color=look.color, linewidth=0.6
            )
        if table is None:
            continue
        for direction, face in (("discharge", look.color), ("charge", "white")):
            pulses = rows_where(table, direction=direction)
            charge, found = -numbers(pulses, "net charge"), numbers(pulses, quantity)
            sure = np.array([not remark for remark in pulses.column("remark")], dtype=bool)
            name = f"{run.name}, {direction}"
            diffusion.plot(charge[sure], found[sure], look.marker, color=look.color, markerfacecolor=face, label=name)
            diffusion.plot(charge[~sure], found[~sure], ".", color=look.color, markersize=2, alpha=0.6)
    course.set(xlabel="time / h", ylabel="voltage / V")
    unit = unit_of(tables[0], quantity)
    low, high = diffusion.get_ylim()
    if low > 0 and high / low > _DECADE:
        diffusion.set_yscale("log")
    diffusion.set(xlabel=f"net lithiation / {unit_of(tables[0], 'net charge')}")
    diffusion.set_ylabel(f"{quantity} / {unit}")
    diffusion.legend(loc="best")
    return figure
