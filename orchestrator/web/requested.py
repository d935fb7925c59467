"""Which protocol and which cell a request means."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.launch.known_cell import known_cell
from orchestrator.web.models.protocol import PlanRequest
from protocols.cell import Cell

__all__ = ["requested_cell"]


def requested_cell(request: PlanRequest, connection: Connection) -> Cell:
    """The database's, or the one that is only described. Raises LaunchRefused for a cell that is not known."""
    if request.properties is not None:
        return Cell(id=request.cell or "CELL", **request.properties.model_dump())
    return known_cell(connection, str(request.cell))
