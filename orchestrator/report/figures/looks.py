"""Which colour and marker a run has, the same in every figure: a colour a material, a marker a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.report.figures.style import PALETTE
from orchestrator.report.measured_run import MeasuredRun

__all__ = ["Look", "Looks", "looks_of"]

_MARKERS = "osD^vP*X<>"


@dataclass(frozen=True, slots=True)
class Look:
    """How one run is drawn."""

    color: str
    marker: str


Looks = Mapping[int, Look]
"""By run."""


def looks_of(runs: Sequence[MeasuredRun]) -> Looks:
    """Give every run of a report its look. Where all cells are of one material, or of none, each cell has a colour."""
    materials = list(dict.fromkeys(run.cell.material for run in runs))
    cells: dict[str | None, list[str]] = {}
    looks = {}
    for run in runs:
        of_material = cells.setdefault(run.cell.material, [])
        if run.cell.id not in of_material:
            of_material.append(run.cell.id)
        number = of_material.index(run.cell.id)
        shown = materials.index(run.cell.material) if len(materials) > 1 else number
        looks[run.id] = Look(PALETTE[shown % len(PALETTE)], _MARKERS[number % len(_MARKERS)])
    return looks
