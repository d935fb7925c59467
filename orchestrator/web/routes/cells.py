"""Cells."""

from __future__ import annotations

from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from orchestrator.store.cells import get_cell, insert_cell, list_cells, update_cell
from orchestrator.store.events import append_event
from orchestrator.web.models.cell import CellAnswer, CellChange, NewCell
from orchestrator.web.models.fields import CellId
from orchestrator.web.refusal import Conflict, NotFound, WebRefused
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.cell import Cell

__all__ = ["router"]

router = APIRouter(prefix="/cells", tags=["cells"])
_CellId = Annotated[CellId, Path(description="What stands on its barcode.", examples=["L1"])]


@router.get("")
def get_cells(connection: ReadingConnection) -> list[CellAnswer]:
    """Every cell, by name."""
    return [_answer(cell) for cell in list_cells(connection)]


@router.get("/{cell_id}")
def get_one_cell(cell_id: _CellId, connection: ReadingConnection) -> CellAnswer:
    """One cell."""
    return _answer(_known(connection, cell_id))


@router.post("", status_code=HTTPStatus.CREATED)
def add_cell(new: NewCell, service: ServiceHere) -> CellAnswer:
    """Add a cell."""
    cell = Cell(**new.model_dump(exclude={"actor"}))
    with service.writing() as connection:
        if get_cell(connection, cell.id) is not None:
            raise Conflict(f"cell {cell.id} is known already; cellbench cell show {cell.id}, or cell change {cell.id}")
        now = service.now_unix_s(connection)
        insert_cell(connection, cell, now=now)
        append_event(
            connection, now=now, actor=new.actor, kind="cell", message=f"cell {cell.id} added", data=asdict(cell)
        )
    return _answer(cell)


@router.patch("/{cell_id}")
def change_cell(cell_id: _CellId, change: CellChange, service: ServiceHere) -> CellAnswer:
    """Change a cell; what is left out stays. Plans that are launched already keep the old values."""
    values = change.model_dump(exclude={"actor"}, exclude_unset=True)
    with service.writing() as connection:
        cell = replace(_known(connection, cell_id), **values)
        if cell.window_min_V is not None and cell.window_max_V is not None and cell.window_min_V >= cell.window_max_V:
            raise WebRefused("window_min_V must be below window_max_V")
        if values:
            update_cell(connection, cell)
            message = f"cell {cell_id} changed: {', '.join(sorted(values))}"
            now = service.now_unix_s(connection)
            append_event(connection, now=now, actor=change.actor, kind="cell", message=message, data=values)
    return _answer(cell)


def _known(connection: Connection, cell_id: str) -> Cell:
    cell = get_cell(connection, cell_id)
    if cell is None:
        raise NotFound(f"cell {cell_id} is not known; add it: cellbench cell add {cell_id}")
    return cell


def _answer(cell: Cell) -> CellAnswer:
    return CellAnswer(**asdict(cell))
