"""Cells by a part of their barcode, their material or what is entered with them, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Text, cast, func, or_, select

from orchestrator.store.cells import cell_of
from orchestrator.store.tables import cells, runs
from protocols.cell import Cell

__all__ = ["FoundCell", "materials_of_cells", "search_cells"]


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell and how often it was tested."""

    cell: Cell
    runs: int
    last_run_id: int | None
    last_state: str | None
    """Of its newest run."""


def search_cells(connection: Connection, text: str, limit: int, offset: int = 0) -> tuple[list[FoundCell], int]:
    """A page of the cells that hold this text, whatever its case, by barcode; and how many there are in all."""
    where = _holds(text)
    total = connection.execute(select(func.count()).select_from(cells).where(*where)).scalar_one()
    page = select(cells).where(*where).order_by(cells.c.id).limit(limit).offset(offset)
    found = [cell_of(row) for row in connection.execute(page)]
    tested = _tested(connection, [cell.id for cell in found])
    return [FoundCell(cell, *tested.get(cell.id, (0, None, None))) for cell in found], total


def materials_of_cells(connection: Connection, limit: int = 100) -> list[str]:
    """Materials that cells have been said to be of."""
    query = select(cells.c.material).where(cells.c.material.is_not(None), cells.c.material != "").distinct()
    return [str(one) for one in connection.execute(query.order_by(cells.c.material).limit(limit)).scalars()]


def _holds(text: str) -> list[ColumnElement[bool]]:
    if not text:
        return []
    # metadata is JSON, in which what is not ASCII may be escaped: it is found there by its ASCII parts
    columns = (cells.c.id, cells.c.material, cast(cells.c.metadata, Text))
    return [or_(*(column.icontains(text, autoescape=True) for column in columns))]


def _tested(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, int, str]]:
    """By cell: number of runs, the newest and its state."""
    counted = (
        select(runs.c.cell_id, func.count().label("count"), func.max(runs.c.id).label("newest"))
        .where(runs.c.cell_id.in_(ids))
        .group_by(runs.c.cell_id)
        .subquery()
    )
    query = select(counted.c.cell_id, counted.c.count, counted.c.newest, runs.c.state)
    rows = connection.execute(query.join(runs, runs.c.id == counted.c.newest))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
