"""Measured beside the paper's figures and, for a virtual lab, beside what its simulator was set to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from orchestrator.report.measured_run import MeasuredRun
from orchestrator.report.numbers import given_text, number_text
from orchestrator.report.paper import Paper, PaperQuantity

__all__ = ["ComparisonRow", "Truth", "compare"]

Truth = Mapping[tuple[str, str], float]
"""What was set, by material and key of ``paper.yaml``, in that file's units. No analysis ever sees it."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One quantity of one material."""

    key: str
    """In ``paper.yaml``."""
    quantity: str
    unit: str
    material: str
    paper: str
    mean: float
    deviation: float | None
    """Standard deviation over the runs; None of a single one."""
    runs: tuple[int, ...]
    truth: float | None
    note: str | None

    @property
    def measured(self) -> str:
        """Mean and standard deviation."""
        mean = number_text(self.mean)
        return mean if self.deviation is None else f"{mean} ± {number_text(self.deviation, 2)}"

    @property
    def truth_text(self) -> str:
        """What was set, as text."""
        return "" if self.truth is None else given_text(self.truth)


def compare(runs: Sequence[MeasuredRun], paper: Paper, truth: Truth | None = None) -> tuple[ComparisonRow, ...]:
    """Every quantity that was measured on a material of the paper; empty where none was."""
    return tuple(row for quantity in paper.quantities for row in _rows(runs, paper, quantity, truth or {}))


def _rows(runs: Sequence[MeasuredRun], paper: Paper, quantity: PaperQuantity, truth: Truth) -> Iterator[ComparisonRow]:
    for material, known in paper.materials.items():
        found = {
            run.id: value.value
            for run in runs
            if run.cell.material == material and quantity.protocol in (None, run.run.protocol)
            if (value := run.value(quantity.analysis, quantity.value)) is not None and value.value is not None
        }
        if not found:
            continue
        numbers = list(found.values())
        yield ComparisonRow(
            key=quantity.key,
            quantity=quantity.name,
            unit="" if quantity.unit == "1" else quantity.unit,
            material=known.name,
            paper=_stated(quantity, material),
            mean=fmean(numbers),
            deviation=stdev(numbers) if len(numbers) > 1 else None,
            runs=tuple(found),
            truth=truth.get((material, quantity.key)),
            note=quantity.note,
        )


def _stated(quantity: PaperQuantity, material: str) -> str:
    said = quantity.stated.get(material)
    if said is None:
        return "–"
    return said.text or ("–" if said.value is None else given_text(said.value))
