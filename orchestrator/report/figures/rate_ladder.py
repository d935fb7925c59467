"""Capacity at rising rates, cycle by cycle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orchestrator.analysis.result import Table
from orchestrator.report.figures.columns import numbers, unit_of
from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.looks import Looks
from orchestrator.report.figures.style import INK
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["rate_ladder"]


def rate_ladder(runs: Sequence[MeasuredRun], looks: Looks) -> Figure:
    """Delivered capacity of every cycle, where that is known, and the mean of every group."""
    figure, ((axes,),) = Layout(panel_height_in=2.6, right_in=1.25).figure()
    unit = ""
    for run in runs:
        rates, cycles = run.table("rate_capability", "rates"), run.table("cycles", "cycles")
        if rates is None:
            continue
        unit = unit_of(rates, "capacity")
        look = looks[run.id]
        _draw_means(axes, rates, look.color)
        if cycles is not None and unit == "mAh/g" and (capacity := _delivered(cycles, rates)) is not None:
            axes.plot(*capacity, look.marker, color=look.color, markerfacecolor="white", label=run.name)
        else:
            axes.plot([], [], color=look.color, label=run.name)
    _name_groups(axes, next(table for run in runs if (table := run.table("rate_capability", "rates"))))
    axes.set(xlabel="cycle", ylabel=f"delivered capacity / {unit}")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 0.97))
    return figure


def _draw_means(axes: Axes, rates: Table, color: str) -> None:
    first, last, mean = (numbers(rates, name) for name in ("first cycle", "last cycle", "capacity"))
    axes.hlines(mean, first - 0.35, last + 0.35, colors=color, linewidth=0.9, alpha=0.7)


def _delivered(cycles: Table, rates: Table) -> tuple[np.ndarray, np.ndarray] | None:
    """Return cycles and the capacity of the direction whose mean the groups have."""
    number = numbers(cycles, "cycle")
    for direction in ("charge", "discharge"):
        name = f"{direction} specific capacity"
        if name not in [column.name for column in cycles.columns]:
            return None
        capacity = numbers(cycles, name)
        inside = (number >= numbers(rates, "first cycle")[0]) & (number <= numbers(rates, "last cycle")[0])
        low, high = float(np.nanmin(capacity[inside])), float(np.nanmax(capacity[inside]))
        if low * (1 - 1e-9) <= numbers(rates, "capacity")[0] <= high * (1 + 1e-9):
            return number, capacity
    return None


def _name_groups(axes: Axes, rates: Table) -> None:
    firsts, lasts = numbers(rates, "first cycle"), numbers(rates, "last cycle")
    unit = unit_of(rates, "current")
    for place, (first, last, current) in enumerate(zip(firsts, lasts, numbers(rates, "current"), strict=True)):
        if place:
            axes.axvline(first - 0.5, color="#bbbbbb", linewidth=0.6)
        text = "" if np.isnan(current) else f"{current:.3g}"
        axes.annotate(
            text,
            ((first + last) / 2, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=INK,
        )
    axes.annotate(unit, (1.0, 1.0), xycoords="axes fraction", xytext=(4, 2), textcoords="offset points", fontsize=7)
