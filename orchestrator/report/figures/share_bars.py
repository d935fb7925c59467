"""How much of the current is stored at the surface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from orchestrator.report.figures.columns import numbers
from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.style import INK, PALETTE
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["share_bars"]


def share_bars(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run, a bar a scan rate: the surface part below, diffusion above; the line is the standard error."""
    figure, every = panels(runs, "scan rate / mV/s", "share of the current / %", legend_in=0.2)
    for run, axes in every:
        shares = run.table("voltammetry", "shares")
        if shares is None:
            continue
        rate, share, error = (numbers(shares, name) for name in ("scan rate", "surface share", "share error"))
        at = np.arange(len(rate))
        axes.bar(at, share, color=PALETTE[0], label="surface", width=0.8)
        axes.bar(
            at,
            100 - share,
            bottom=share,
            color="#d9d9d9",
            hatch="////",
            edgecolor="white",
            label="diffusion",
            width=0.8,
        )
        axes.errorbar(at, share, yerr=np.nan_to_num(error), fmt="none", ecolor=INK, capsize=2, linewidth=0.8)
        for place, value in enumerate(share.tolist()):
            axes.text(place, value / 2, f"{value:.0f}", ha="center", va="center", color="white", fontsize=7)
        axes.set_xticks(at, [f"{one:.3g}" for one in rate])
        axes.set_ylim(0, 100)
        axes.grid(visible=False)
    figure.legend(*axes.get_legend_handles_labels(), loc="lower center", ncols=2)
    return figure
