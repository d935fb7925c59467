"""Cells, and values entered with them."""

from __future__ import annotations

from orchestrator.client.connection import Connection, part
from orchestrator.web.models.cell import CellAnswer, CellChange, CellImport, NewCell
from orchestrator.web.models.written_cell import WrittenCellAnswer, WrittenCellRequest

__all__ = ["CellCalls"]


class CellCalls(Connection):
    """Cells."""

    def cells(self, *, limit: int | None = None, offset: int = 0) -> list[CellAnswer]:
        """Cells by name; without a limit every one."""
        return self.get(list[CellAnswer], "cells", {"limit": limit, "offset": offset})

    def cell(self, cell_id: str) -> CellAnswer:
        """One cell."""
        return self.get(CellAnswer, f"cells/{part(cell_id)}")

    def add_cell(self, cell: NewCell) -> CellAnswer:
        """Add a cell."""
        return self.send("POST", CellAnswer, "cells", cell)

    def change_cell(self, cell_id: str, change: CellChange) -> CellAnswer:
        """Change a cell; only the fields that were set."""
        return self.send("PATCH", CellAnswer, f"cells/{part(cell_id)}", change)

    def import_cells(self, order: CellImport) -> list[CellAnswer]:
        """Enter values from a CSV: all of them, or none."""
        return self.send("POST", list[CellAnswer], "cells/import", order)

    def read_written_cell(self, written: WrittenCellRequest) -> WrittenCellAnswer:
        """Properties of a cell from what people write and weigh; nothing is stored."""
        return self.send("POST", WrittenCellAnswer, "cells/written", written)
