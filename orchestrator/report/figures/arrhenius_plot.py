"""Charge-transfer resistance over temperature, in both forms of Arrhenius' law."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from orchestrator.analysis.line_fit import fit_line
from orchestrator.report.figures.columns import numbers
from orchestrator.report.figures.layout import Layout
from orchestrator.report.figures.legend_below import legend_below, legend_height_in
from orchestrator.report.figures.looks import Looks
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["FORMS", "arrhenius_plot"]

FORMS = {"ln(T/R_ct)": "ln($T$/$R_{ct}$ / K Ω⁻¹)", "ln(1/R_ct)": "ln(1/$R_{ct}$ / Ω⁻¹)"}
"""As the analysis calls them, and as an axis does."""
_HEIGHT_in = 2.3


def arrhenius_plot(runs: Sequence[MeasuredRun], looks: Looks) -> Figure:
    """One panel a form; crosses are spectra that the analysis left out. Lines are drawn through what it used."""
    figure, (both,) = Layout(2, panel_height_in=_HEIGHT_in, bottom_in=0.45 + legend_height_in(len(runs))).figure()
    for axes, (form, label) in zip(both, FORMS.items(), strict=True):
        for run in runs:
            table = run.table("arrhenius", "arrhenius")
            if table is None:
                continue
            inverse, resistance = numbers(table, "1000/T"), numbers(table, "R_ct")
            used = np.array([not reason for reason in table.column("excluded")])
            sane = np.isfinite(inverse) & (resistance > 0)
            inverse, resistance, used = inverse[sane], resistance[sane], used[sane]
            logarithm = np.log((1e3 / inverse if form == "ln(T/R_ct)" else 1.0) / resistance)
            energy = run.value("arrhenius", f"activation energy, {form}")
            told = "" if energy is None else f", {energy.value:.2f} kJ/mol"
            look = looks[run.id]
            axes.plot(inverse[used], logarithm[used], look.marker, color=look.color, label=f"{run.name}{told}")
            axes.plot(inverse[~used], logarithm[~used], "x", color=look.color)
            if len(set(inverse[used])) > 1:
                line = fit_line(inverse[used], logarithm[used])
                axes.plot(inverse[used], line.intercept + line.slope * inverse[used], color=look.color, linewidth=0.8)
        axes.set(xlabel="1000 K/$T$", ylabel=label)
        axes.margins(y=0.1)
        legend_below(axes, _HEIGHT_in)
    return figure
