"""Cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from orchestrator.entered.table import EnteredTableError, read_entered_table
from orchestrator.entered.value import value_problem
from orchestrator.store.cells import get_cell, insert_cell, list_cells, update_cell
from orchestrator.store.events import append_event
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.cell import METADATA_MAX, CellAnswer, CellChange, CellImport, NewCell
from orchestrator.web.models.fields import CellId
from orchestrator.web.refusal import Conflict, NotFound, WebRefused
from orchestrator.web.routes.parameters import Offset
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.cell import Cell

__all__ = ["router"]

router = APIRouter(prefix="/cells", tags=["cells"])
_CellId = Annotated[CellId, Path(description="What stands on its barcode.", examples=["L1"])]


@router.get("")
def get_cells(
    connection: ReadingConnection,
    limit: Annotated[int | None, Query(ge=1, le=100_000, description="At most so many; without it all.")] = None,
    offset: Offset = 0,
) -> list[CellAnswer]:
    """Cells, by name."""
    return [_answer(cell) for cell in list_cells(connection, limit=limit, offset=offset)]


@router.get("/{cell_id}")
def get_one_cell(cell_id: _CellId, connection: ReadingConnection) -> CellAnswer:
    """One cell."""
    return _answer(_known(connection, cell_id))


@router.post("", status_code=HTTPStatus.CREATED)
def add_cell(new: NewCell, person: Asking, service: ServiceHere) -> CellAnswer:
    """Add a cell."""
    new = signed(new, person)
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
def change_cell(cell_id: _CellId, change: CellChange, person: Asking, service: ServiceHere) -> CellAnswer:
    """Change a cell; what is left out stays. Plans that are launched already keep the old values."""
    change = signed(change, person)
    values = change.model_dump(exclude={"actor"}, exclude_unset=True)
    entries: dict[str, str | None] = values.pop("set_metadata", {})
    if problems := [told for name, text in entries.items() if text and (told := value_problem(name, text))]:
        raise WebRefused(problems)
    with service.writing() as connection:
        before = _known(connection, cell_id)
        cell = _with_entries(replace(before, **values), entries)
        if cell.window_min_V is not None and cell.window_max_V is not None and cell.window_min_V >= cell.window_max_V:
            raise WebRefused("window_min_V must be below window_max_V")
        if values or entries:
            _store(connection, cell, values | entries, change.actor, service.now_unix_s(connection))
    return _answer(cell)


@router.post("/import")
def import_values(order: CellImport, person: Asking, service: ServiceHere) -> list[CellAnswer]:
    """Enter values measured elsewhere from a CSV, one row a cell: all of them, or none."""
    order = signed(order, person)
    try:
        rows = read_entered_table(order.table, order.name)
    except EnteredTableError as error:
        raise WebRefused(error.problems) from error
    with service.writing() as connection:
        known = {row.cell: get_cell(connection, row.cell) for row in rows}
        if unknown := [f"{order.name}:{row.line}  {_unknown(row.cell)}" for row in rows if known[row.cell] is None]:
            raise WebRefused(unknown)
        now = service.now_unix_s(connection)
        cells = [_with_entries(cell, row.values) for row in rows if (cell := known[row.cell]) is not None]
        for row, cell in zip(rows, cells, strict=True):
            if row.values:
                _store(connection, cell, row.values, order.actor, now, source=f" from {order.name}")
    return [_answer(cell) for cell in cells]


def _with_entries(cell: Cell, entries: Mapping[str, str | None]) -> Cell:
    """The cell with these entries of its metadata added or changed, and those that are None or empty taken away."""
    metadata = {name: text for name, text in {**cell.metadata, **entries}.items() if text}
    if len(metadata) > METADATA_MAX:
        raise WebRefused(f"cell {cell.id} would have {len(metadata)} entries of metadata; {METADATA_MAX} is the most")
    return replace(cell, metadata=metadata) if entries else cell


def _store(
    connection: Connection, cell: Cell, changed: Mapping[str, object], actor: str, now: float, source: str = ""
) -> None:
    update_cell(connection, cell)
    message = f"cell {cell.id} changed{source}: {', '.join(sorted(changed))}"
    append_event(connection, now=now, actor=actor, kind="cell", message=message, data=changed)


def _known(connection: Connection, cell_id: str) -> Cell:
    cell = get_cell(connection, cell_id)
    if cell is None:
        raise NotFound(_unknown(cell_id))
    return cell


def _unknown(cell_id: str) -> str:
    return f"cell {cell_id} is not known; add it: cellbench cell add {cell_id}"


def _answer(cell: Cell) -> CellAnswer:
    return CellAnswer(**asdict(cell))
