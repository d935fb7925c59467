"""The cell as the database knows it."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.launch.refusal import LaunchRefused
from orchestrator.store.cells import get_cell
from protocols.cell import Cell

__all__ = ["known_cell"]


def known_cell(connection: Connection, cell_id: str) -> Cell:
    """The cell of the database. Raises LaunchRefused with the command that adds it."""
    cell = get_cell(connection, cell_id)
    if cell is None:
        remedy = f'cellbench cell add {cell_id} --active-mass "2.75 mg" --capacity "3.35 mAh"'
        raise LaunchRefused(f"cell {cell_id} is not known; add it: {remedy}")
    return cell
