"""Previews of protocols on model cells."""

from __future__ import annotations

from fastapi import APIRouter

from orchestrator.launch.known_protocol import known_protocol
from orchestrator.preview.model_cells import NoModel
from orchestrator.web.models.preview import PreviewAnswer, PreviewRequest
from orchestrator.web.preview_view import preview_of
from orchestrator.web.refusal import Conflict, WebRefused
from orchestrator.web.requested import requested_cell
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.compile import compile_protocol

__all__ = ["router"]

router = APIRouter(prefix="/protocols", tags=["protocols"])


@router.post("/preview")
def preview_protocol(request: PreviewRequest, service: ServiceHere, connection: ReadingConnection) -> PreviewAnswer:
    """Voltage and current over time on a model of the cell; 422 where there is none, 503 where too many wait."""
    if service.model_cells is None:
        raise Conflict("this service was started without models of cells: `cellbench web` has them")
    protocol = known_protocol(connection, request.protocol, request.source)
    try:
        rehearsed = service.model_cells.rehearse(requested_cell(request, connection))
    except NoModel as error:
        raise WebRefused(str(error)) from error
    plan = compile_protocol(protocol, rehearsed.cell, request.parameters)
    with service.rehearsals.turn():
        return preview_of(plan, rehearsed, formed=request.formed)
