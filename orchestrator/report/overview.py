"""Headline values of every cell, one row a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.report.headline import HEADLINES, Headline
from orchestrator.report.measured_run import MeasuredRun
from orchestrator.report.numbers import NOTHING, number_text
from orchestrator.report.wording import Wording

__all__ = ["Overview", "overview"]


@dataclass(frozen=True, slots=True)
class Overview:
    """A table; empty rows where no run has a headline."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def overview(runs: Sequence[MeasuredRun], wording: Wording) -> Overview:
    """Return the headlines that any run has; of several runs of one cell the last that has it."""
    present = [headline for headline in HEADLINES if any(_value(run, headline) for run in runs)]
    cells: dict[str, list[MeasuredRun]] = {}
    for run in runs:
        cells.setdefault(run.cell.id, []).append(run)
    units = {headline: next(filter(None, (_unit(run, headline) for run in runs)), "") for headline in present}
    header = (
        wording.t("cell"),
        wording.t("material"),
        *(wording.quantity(headline.short, units[headline]) for headline in present),
    )
    rows = tuple(
        (cell, of_cell[0].cell.material or NOTHING, *(_last(of_cell, headline) for headline in present))
        for cell, of_cell in cells.items()
        if any(_last(of_cell, headline) != NOTHING for headline in present)
    )
    return Overview(header, rows)


def _last(runs: Sequence[MeasuredRun], headline: Headline) -> str:
    return next((found for run in reversed(runs) if (found := _value(run, headline))), NOTHING)


def _value(run: MeasuredRun, headline: Headline) -> str:
    if headline.protocol not in (None, run.run.protocol):
        return ""
    value = run.value(headline.analysis, headline.value)
    return "" if value is None or value.value is None else number_text(value.value)


def _unit(run: MeasuredRun, headline: Headline) -> str:
    value = run.value(headline.analysis, headline.value)
    return "" if value is None or value.unit == "1" else value.unit
