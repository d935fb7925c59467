"""The whole report: from runs to the text of one HTML file."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestrator.report.collect import Collected
from orchestrator.report.comparison import Truth, compare
from orchestrator.report.correlation import ALKALI_SOLUBILITY, Correlation, asked_for, correlate
from orchestrator.report.figure_list import correlation_figures, figures_of
from orchestrator.report.figures.style import style_of
from orchestrator.report.measured_run import MeasuredRun
from orchestrator.report.numbers import number_text, scalar_text
from orchestrator.report.overview import overview
from orchestrator.report.paper import read_paper
from orchestrator.report.run_section import analysis_section, run_section
from orchestrator.report.side_by_side import side_by_side
from orchestrator.report.svg import inline_svg
from orchestrator.report.times import moment
from orchestrator.report.wording import Wording
from orchestrator.web.pages.language import words_of

__all__ = ["ReportHead", "render_report"]

_SOFTWARE = ("cellbench", "numpy", "scipy", "pandas", "matplotlib", "jinja2")


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What stands above a report."""

    title: str
    lab: str
    simulated: bool
    written_unix_s: float
    language: str = "en"


def render_report(head: ReportHead, collected: Collected, truth: Truth | None = None) -> str:
    """Return the HTML, which asks nothing of any other place.

    ``truth`` is what the simulator was set to, where the lab is virtual; it is printed beside what was measured and
    takes part in nothing else.
    """
    runs, paper, wording = collected.runs, read_paper(), Wording(head.language)
    correlated = (*correlate(runs, paper), *asked_for(collected.joint))
    comparison = compare(runs, paper, truth)
    with mpl.rc_context(style_of(head.language)):
        figures = list(_drawn(runs, correlated, wording))
    template = _environment(wording).get_template("report.html.j2")
    return template.render(
        head=head,
        written=moment(head.written_unix_s),
        runs=[run_section(run, wording) for run in runs],
        joint=[analysis_section(one, wording) for one in collected.joint],
        overview=overview(runs, wording),
        comparison=comparison,
        notes={row.quantity: row.note for row in comparison if row.note},
        with_truth=truth is not None,
        paper=paper,
        figures=figures,
        correlated=correlated,
        assumed_property=ALKALI_SOLUBILITY,
        software=_software(),
    )


def _drawn(
    runs: Sequence[MeasuredRun], correlated: Sequence[Correlation], wording: Wording
) -> Iterator[dict[str, Any]]:
    drawn = [*figures_of(runs, wording), *correlation_figures(correlated, wording)]
    numbered = list(enumerate(drawn, start=1))
    svgs = side_by_side(lambda each: inline_svg(each[1].draw(), f"f{each[0]}", each[1].title), numbered)
    for (number, one), svg in zip(numbered, svgs, strict=True):
        yield {
            "number": number,
            "key": one.key,
            "title": one.title,
            "caption": one.caption,
            "runs": one.runs,
            "svg": svg,
        }


def _environment(wording: Wording) -> Environment:
    environment = Environment(
        loader=PackageLoader("orchestrator.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words_of(wording.language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["result"] = wording.result
    environment.filters["quantity"] = wording.quantity
    environment.filters["number"] = number_text
    environment.filters["scalar"] = scalar_text
    environment.filters["moment"] = moment
    return environment


def _software() -> list[tuple[str, str]]:
    return [("Python", platform.python_version()), *((name, version(name)) for name in _SOFTWARE)]
