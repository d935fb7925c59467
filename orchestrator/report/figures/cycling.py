"""Capacity and coulombic efficiency over cycles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from orchestrator.report.figures.columns import numbers, unit_of
from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.looks import Looks
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["cycling"]

_LEAST_EFFICIENCY_PCT = 80.0
_MARKED = 60
_LEGEND_COLUMNS = 4


def cycling(runs: Sequence[MeasuredRun], looks: Looks) -> Figure:
    """Charge capacity on the left (filled), efficiency on the right (hollow, pale); left-out cycles are not drawn."""
    legend_in = 0.1 + 0.14 * -(-len(runs) // _LEGEND_COLUMNS)
    figure, ((left,),) = Layout(panel_height_in=2.5, right_in=0.55, bottom_in=0.45 + legend_in).figure()
    right = left.twinx()
    unit, least, most = "", 100.0, 0.0
    for run in runs:
        table = run.table("cycles", "cycles")
        if table is None:
            continue
        names = [column.name for column in table.columns]
        name = "charge specific capacity" if "charge specific capacity" in names else "charge capacity"
        unit = unit_of(table, name)
        number, capacity, efficiency = (numbers(table, one) for one in ("cycle", name, "coulombic efficiency"))
        whole = np.isfinite(efficiency)
        look = looks[run.id]
        every = max(1, len(number) // _MARKED)
        left.plot(number[whole], capacity[whole], marker=look.marker, markevery=every, color=look.color, label=run.name)
        right.plot(
            *(number[whole], efficiency[whole], look.marker),
            markevery=every,
            color=look.color,
            markerfacecolor="white",
            markeredgewidth=0.6,
            markersize=2.6,
            alpha=0.65,
        )
        least = min(least, float(np.min(efficiency[whole], initial=100.0)))
        most = max(most, float(np.max(capacity[whole], initial=0.0)))
    left.set(xlabel="cycle", ylabel=f"charge capacity / {unit}")
    left.set_ylim(0, 1.06 * most or 1.0)
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.set_ylabel("coulombic efficiency / %")
    right.set_ylim(max(0.0, min(_LEAST_EFFICIENCY_PCT, least - 5)), 102)
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    figure.legend(*left.get_legend_handles_labels(), loc="lower center", ncols=_LEGEND_COLUMNS)
    return figure
