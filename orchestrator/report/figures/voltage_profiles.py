"""Voltage over capacity of chosen cycles."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from orchestrator.report.figures.panels import panels
from orchestrator.report.figures.style import shades
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["voltage_profiles"]


def voltage_profiles(runs: Sequence[MeasuredRun]) -> Figure:
    """One panel a run: solid lines discharge, dashed ones charge, both from zero; the last cycle is the lightest."""
    per_gram = all(run.cell.active_mass_g for run in runs)
    unit = "mAh/g" if per_gram else "mAh"
    same = len({tuple(profile.cycle for profile in run.profiles) for run in runs}) == 1
    figure, every = panels(runs, f"capacity / {unit}", "voltage / V", legend_in=0.2 if same else 0.0)
    for run, axes in every:
        factor = 1 / run.cell.active_mass_g if per_gram and run.cell.active_mass_g else 1.0
        for profile, color in zip(run.profiles, shades(len(run.profiles)), strict=True):
            axes.plot(factor * profile.discharge_mAh, profile.discharge_V, color=color, label=f"cycle {profile.cycle}")
            axes.plot(factor * profile.charge_mAh, profile.charge_V, color=color, linestyle=(0, (4, 1.5)))
        axes.set_xlim(left=0)
        if not same:
            axes.legend(loc="upper center", borderaxespad=0.2)
    if same:
        figure.legend(*every[0][1].get_legend_handles_labels(), loc="lower center", ncols=6)
    return figure
