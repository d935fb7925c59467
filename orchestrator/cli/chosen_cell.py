"""The cell that a command computes for: one of the lab's database, or what the options describe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.cli.options import require_lab

if TYPE_CHECKING:
    from protocols.cell import Cell

__all__ = ["chosen_cell", "for_options", "told_of_options"]

_DESCRIBED = "CELL"
"""What a cell is called that stands in no database."""


def chosen_cell(cell_id: str | None, properties: dict[str, Any], lab_path: Path | None) -> Cell:
    """The cell of the database with the given options in place of its own; without an id the options alone."""
    from dataclasses import replace

    from protocols.cell import Cell

    if cell_id is None:
        return Cell(id=_DESCRIBED, **properties)
    from orchestrator.launch.known_cell import known_cell
    from orchestrator.store.database import open_database
    from orchestrator.store.transactions import reading
    from orchestrator.store.upgrade import require_current

    engine = open_database(require_lab(lab_path).database_url, read_only=True)
    try:
        require_current(engine)
        with reading(engine) as connection:
            return replace(known_cell(connection, cell_id), **properties)
    finally:
        engine.dispose()


def for_options(text: str, cell_id: str | None) -> str:
    """A remark about a cell that options describe, in words of these options; about one of the database as it is."""
    if cell_id is not None:
        return text
    change = f"cellbench cell change {_DESCRIBED} "
    return text.replace(change, "name one with --cell, or add ").replace(f"cell {_DESCRIBED}", "the cell")


@contextmanager
def told_of_options(cell_id: str | None) -> Iterator[None]:
    """Where no cell was named, what the cell lacks is remedied by an option of this command, not by changing a cell."""
    from dataclasses import replace

    from protocols.errors import ProtocolErrors

    try:
        yield
    except ProtocolErrors as errors:
        raise ProtocolErrors(
            replace(error, message=for_options(error.message, cell_id), remedy=for_options(error.remedy, cell_id))
            for error in errors.errors
        ) from errors
