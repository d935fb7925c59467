"""Which direction delivers: a half cell against lithium is lithiated (discharged) first, a full cell charged first."""

from __future__ import annotations

from typing import Literal, get_args

from drivers.contracts import StepKind
from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.set_points import first_direction
from protocols.program import Direction

__all__ = ["CellType", "delivering_direction", "resolve_cell_type"]

CellType = Literal["half", "full", "auto"]


def resolve_cell_type(run: RunData, option: CellType) -> tuple[Literal["half", "full"], str]:
    """Return the cell type and a line saying how it was decided.

    Raises AnalysisError where the option is none of the three or ``auto`` finds no current in plan and records.
    """
    if option not in get_args(CellType):
        raise AnalysisError(f"cell_type is {option!r}; it is one of half, full, auto")
    if option != "auto":
        return option, f"{option} cell: as asked for"
    direction, source = _first_direction(run)
    if direction == "discharge":
        return "half", f"half cell: {source} begins with a discharge (lithiation); efficiency = charge / discharge"
    return "full", f"full cell: {source} begins with a charge; efficiency = discharge / charge"


def delivering_direction(cell_type: Literal["half", "full"]) -> Direction:
    """Direction in which the electrode gives back what it took: charge (delithiation) in a half cell."""
    return "charge" if cell_type == "half" else "discharge"


def _first_direction(run: RunData) -> tuple[Direction, str]:
    planned = first_direction(run.plan) if run.plan else None
    if planned is not None:
        return planned, "the plan"
    if run.has_records:
        for kind in run.records["step_kind"].drop_duplicates():
            direction = StepKind(int(kind)).direction
            if direction != "none":
                return direction, "the data"
    raise AnalysisError(f"run {run.run_id}: neither plan nor records drive a current; set cell_type to half or full")
