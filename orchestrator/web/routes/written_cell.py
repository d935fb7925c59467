"""Reading a cell's properties as people write them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from orchestrator.entered.written_cell import read_written_cell
from orchestrator.web.models.cell import CellProperties
from orchestrator.web.models.written_cell import WrittenCellAnswer, WrittenCellRequest

__all__ = ["router"]

router = APIRouter(prefix="/cells", tags=["cells"])


@router.post("/written")
def read_cell(written: WrittenCellRequest) -> WrittenCellAnswer:
    """Properties of a cell from weights, diameter and specific capacity, with the computation. Nothing is stored."""
    found = read_written_cell(written.model_dump())
    values: dict[str, Any] = {} if found.problems else {**found.properties, "metadata": found.metadata}
    return WrittenCellAnswer(properties=CellProperties(**values), steps=found.steps, problems=found.problems)
