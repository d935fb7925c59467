"""Results of several runs over a number that is entered with their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.analysis.entered import entered_number
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.line_fit import LineFit, fit_line
from orchestrator.analysis.result import Table
from orchestrator.report.headline import HEADLINES, Headline
from orchestrator.report.measured_run import Analysed, MeasuredRun
from orchestrator.report.paper import Paper
from orchestrator.report.wording import ENGLISH
from protocols.cell import Cell

__all__ = ["ALKALI_SOLUBILITY", "Correlation", "asked_for", "correlate"]

ALKALI_SOLUBILITY = "alkali_solubility_pct"
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Correlation:
    """One value over one property, with the line through the points; one point a run."""

    property_name: str
    value: str
    unit: str
    runs: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    line: LineFit

    @property
    def different(self) -> int:
        """How many different values of the property: with three or fewer, no line is shown by them."""
        return len(set(self.x))

    @property
    def property_label(self) -> str:
        """For an axis: the unit stands behind the name's last underscore."""
        name, _, unit = self.property_name.rpartition("_")
        return f"{name} / {unit.replace('pct', '%')}".replace("_", " ") if name else self.property_name

    @property
    def value_label(self) -> str:
        """For an axis."""
        return ENGLISH.quantity(self.value, self.unit)


def correlate(runs: Sequence[MeasuredRun], paper: Paper) -> tuple[Correlation, ...]:
    """Every headline over every property of which the cells have at least two different values.

    A cell of a material of the paper's study has the paper's alkali solubility where none is entered with it.
    """
    properties = {run.id: _properties(run, paper) for run in runs}
    names = sorted({name for known in properties.values() for name in known})
    return tuple(found for name in names for headline in HEADLINES for found in _one(runs, properties, name, headline))


def asked_for(joint: Sequence[Analysed]) -> tuple[Correlation, ...]:
    """Return what the analysis ``correlation`` found, where somebody has asked for it."""
    return tuple(
        _of_table(table)
        for one in joint
        if one.answer.name == "correlation" and one.result is not None
        for table in one.result.tables
        if table.name == "points"
    )


def _of_table(points: Table) -> Correlation:
    """The third column is the property, the fourth the value."""
    of_property, of_value = points.columns[2], points.columns[3]
    runs = tuple(int(str(entry)) for entry in points.column("run"))
    x, y = (tuple(float(str(entry)) for entry in points.column(name.name)) for name in (of_property, of_value))
    return Correlation(of_property.name, of_value.name, of_value.unit or "", runs, x, y, fit_line(x, y))


def _one(
    runs: Sequence[MeasuredRun], properties: Mapping[int, Mapping[str, float]], name: str, headline: Headline
) -> Iterator[Correlation]:
    points = [
        (run.id, properties[run.id][name], value)
        for run in runs
        if name in properties[run.id] and headline.protocol in (None, run.run.protocol)
        if (value := run.value(headline.analysis, headline.value)) is not None
    ]
    x = [at for _, at, _ in points]
    if len(set(x)) < _FEWEST:
        return
    y = [float(value.value or 0.0) for _, _, value in points]
    ids, unit = tuple(run_id for run_id, _, _ in points), points[0][2].unit
    yield Correlation(name, headline.short, unit, ids, tuple(x), tuple(y), fit_line(x, y))


def _properties(run: MeasuredRun, paper: Paper) -> dict[str, float]:
    cell = Cell(id=run.cell.id, metadata=dict(run.cell.metadata))
    known: dict[str, float] = {}
    material = paper.materials.get(run.cell.material or "")
    if material is not None:
        known[ALKALI_SOLUBILITY] = material.alkali_solubility_pct
    for name in cell.metadata:
        try:
            number = entered_number(cell, name)
        except AnalysisError:
            continue  # metadata is free text: what is no number is no property
        if number is not None:
            known[name] = number
    return known
