"""Cells: the samples, by barcode."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, Row, select, update

from orchestrator.store.errors import StoreError
from orchestrator.store.tables import cells
from protocols.cell import Cell

__all__ = ["cell_of", "get_cell", "insert_cell", "list_cells", "update_cell"]


def insert_cell(connection: Connection, cell: Cell, *, now: float) -> None:
    """Add a cell. Raises StoreError if its barcode is taken."""
    if get_cell(connection, cell.id) is not None:
        raise StoreError(f"cell {cell.id} exists already; change it, or give this one another barcode")
    connection.execute(cells.insert().values(**asdict(cell), created_unix_s=now))


def update_cell(connection: Connection, cell: Cell) -> None:
    """Overwrite what is known of a cell; runs keep the cell as it was at launch. Raises StoreError if it is unknown."""
    if not connection.execute(update(cells).where(cells.c.id == cell.id).values(**asdict(cell))).rowcount:
        raise StoreError(f"cell {cell.id} is not known; add it first")


def get_cell(connection: Connection, cell_id: str) -> Cell | None:
    """Return the cell with this barcode, None if there is none."""
    row = connection.execute(select(cells).where(cells.c.id == cell_id)).one_or_none()
    return None if row is None else cell_of(row)


def list_cells(connection: Connection, *, limit: int | None = None, offset: int = 0) -> list[Cell]:
    """Cells by barcode; all of them without a limit."""
    query = select(cells).order_by(cells.c.id).limit(limit).offset(offset)
    return [cell_of(row) for row in connection.execute(query)]


def cell_of(row: Row[*tuple[object, ...]]) -> Cell:
    """The cell of a row of the table."""
    return Cell(**{name: value for name, value in row._mapping.items() if name != "created_unix_s"})  # noqa: SLF001
