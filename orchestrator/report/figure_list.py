"""Which figures a report has: each where runs hold what it draws, runs of one protocol together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.figure import Figure

from orchestrator.report.correlation import Correlation
from orchestrator.report.figures.arrhenius_plot import arrhenius_plot
from orchestrator.report.figures.b_fit import b_fit
from orchestrator.report.figures.correlations import correlations
from orchestrator.report.figures.cycling import cycling
from orchestrator.report.figures.differential_capacity import differential_capacity
from orchestrator.report.figures.kramers_kronig import kramers_kronig
from orchestrator.report.figures.looks import Looks, looks_of
from orchestrator.report.figures.nyquist import nyquist
from orchestrator.report.figures.rate_ladder import rate_ladder
from orchestrator.report.figures.relaxation_times import relaxation_times
from orchestrator.report.figures.share_bars import share_bars
from orchestrator.report.figures.spoken import spoken
from orchestrator.report.figures.titration import titration
from orchestrator.report.figures.voltage_profiles import voltage_profiles
from orchestrator.report.figures.voltammograms import voltammograms
from orchestrator.report.measured_run import MeasuredRun
from orchestrator.report.panel_choice import chosen_panels
from orchestrator.report.wording import ENGLISH, N_, Wording

__all__ = ["FIGURES", "DrawnFigure", "FigureKind", "correlation_figures", "figures_of"]

_PROPERTY_PANELS_MAX = 12


@dataclass(frozen=True, slots=True)
class FigureKind:
    """One kind of figure; ``needs`` tells whether a run holds what it draws."""

    key: str
    title: str
    caption: str
    needs: Callable[[MeasuredRun], bool]
    draw: Callable[[Sequence[MeasuredRun], Looks], Figure]
    panel_a_run: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class DrawnFigure:
    """One figure of a report; it is drawn where it is wanted, which may be another process."""

    key: str
    title: str
    caption: str
    runs: tuple[int, ...]
    draw: Callable[[], Figure]


def _has(analysis: str, table: str) -> Callable[[MeasuredRun], bool]:
    return lambda run: run.table(analysis, table) is not None


def _panels(draw: Callable[[Sequence[MeasuredRun]], Figure]) -> Callable[[Sequence[MeasuredRun], Looks], Figure]:
    """Return a drawing whose panels are named, so that no run needs a look of its own."""
    return lambda runs, _: draw(runs)


def _cycles_on(run: MeasuredRun) -> bool:
    """Whether capacity over cycles is what the run is about, and not its rates or its first few cycles."""
    table = run.table("cycles", "cycles")
    return table is not None and len(table.rows) > 1 and run.table("rate_capability", "rates") is None


FIGURES: Sequence[FigureKind] = (
    FigureKind(
        "voltage-profiles",
        N_("Voltage profiles"),
        N_("Solid: discharge (lithiation of a half cell), dashed: charge; each from zero. Later cycles are lighter."),
        lambda run: bool(run.profiles),
        _panels(voltage_profiles),
        panel_a_run=True,
    ),
    FigureKind(
        "rate-ladder",
        N_("Rate capability"),
        N_("Delivered capacity of every cycle (markers) and mean of each group (lines); the current stands above."),
        _has("rate_capability", "rates"),
        rate_ladder,
    ),
    FigureKind(
        "cycling",
        N_("Cycling"),
        N_(
            "Filled, with line: charge capacity (left). Hollow: coulombic efficiency (right). Incomplete cycles and "
            "cycles with known gaps are left out."
        ),
        _cycles_on,
        cycling,
    ),
    FigureKind(
        "dq-dv",
        N_("Differential capacity"),
        N_("Charge above the line, discharge below it; later cycles are lighter."),
        _has("dq_dv", "dq_dv"),
        _panels(differential_capacity),
        panel_a_run=True,
    ),
    FigureKind(
        "voltammograms",
        N_("Voltammograms by scan rate"),
        N_("Grey: surface part k1 v of the fastest scan."),
        _has("voltammetry", "curves"),
        _panels(voltammograms),
        panel_a_run=True,
    ),
    FigureKind(
        "b-fit",
        N_("Peak current over scan rate"),
        N_("Both axes logarithmic; the line is i = a v^b (Eq. 4)."),
        _has("voltammetry", "peaks"),
        b_fit,
    ),
    FigureKind(
        "shares",
        N_("Surface and diffusion part"),
        N_("Integral of |k1 v| over that of |i|, both sweeps (Eq. 6)."),
        _has("voltammetry", "shares"),
        _panels(share_bars),
        panel_a_run=True,
    ),
    FigureKind(
        "nyquist",
        N_("Impedance"),
        N_("Points: measured, lines: fitted circuit. Same scale on both axes."),
        _has("impedance_fit", "points"),
        _panels(nyquist),
        panel_a_run=True,
    ),
    FigureKind(
        "kramers-kronig",
        N_("Kramers-Kronig residuals"),
        N_("Solid: real, dotted: imaginary part, in percent of the modulus."),
        _has("impedance_fit", "points"),
        _panels(kramers_kronig),
        panel_a_run=True,
    ),
    FigureKind(
        "relaxation-times",
        N_("Relaxation times"),
        N_("Distribution of the polarisation resistance over time constants; a peak's area is its resistance."),
        _has("drt", "drt"),
        _panels(relaxation_times),
        panel_a_run=True,
    ),
    FigureKind(
        "arrhenius",
        N_("Arrhenius"),
        N_("Left: the form of Eq. 3; right: the form without T, which gives some 2.4 kJ/mol less. Crosses: left out."),
        _has("arrhenius", "arrhenius"),
        arrhenius_plot,
    ),
    FigureKind(
        "gitt",
        N_("Titration"),
        N_(
            "Left: voltage. Right: diffusion over lithium in the host; filled: discharge, hollow: charge, "
            "dots: in doubt."
        ),
        _has("gitt", "pulses"),
        titration,
    ),
)
"""In the order of a report."""


def figures_of(runs: Sequence[MeasuredRun], wording: Wording = ENGLISH) -> Iterator[DrawnFigure]:
    """Every figure for which there are runs, one a protocol."""
    looks = looks_of(runs)
    every = Counter(run.run.protocol for run in runs)
    for kind in FIGURES:
        protocols: dict[str, list[MeasuredRun]] = {}
        for run in filter(kind.needs, runs):
            protocols.setdefault(run.run.protocol, []).append(run)
        for protocol, together in protocols.items():
            shown = chosen_panels(together) if kind.panel_a_run else together
            caption, ids = wording.t(kind.caption), tuple(run.id for run in shown)
            if kind.panel_a_run and len(shown) < every[protocol]:
                few = N_(" Shown: {shown} of {every} runs; a report of the others shows theirs.")
                caption += wording.t(few, shown=len(shown), every=every[protocol])
            title = wording.t("{figure}: {protocol}", figure=wording.t(kind.title), protocol=protocol)
            yield DrawnFigure(kind.key, title, caption, ids, partial(spoken, partial(kind.draw, shown, looks), wording))


def correlation_figures(found: Sequence[Correlation], wording: Wording = ENGLISH) -> Iterator[DrawnFigure]:
    """One figure a property."""
    by_property: dict[str, list[Correlation]] = {}
    for one in found:
        by_property.setdefault(one.property_name, []).append(one)
    for name, together in by_property.items():
        title = wording.t("Correlations with {property}", property=name)
        caption = wording.t("One point a run; least-squares line.")
        if together[0].different < 4:
            caption += wording.t(" With three or fewer different values no line is shown by the points.")
        for begin in range(0, len(together), _PROPERTY_PANELS_MAX):
            shown = together[begin : begin + _PROPERTY_PANELS_MAX]
            runs = tuple(dict.fromkeys(run for one in shown for run in one.runs))
            yield DrawnFigure(
                "correlations", title, caption, runs, partial(spoken, partial(correlations, shown), wording)
            )
