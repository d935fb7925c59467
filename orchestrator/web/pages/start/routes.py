"""The page, and what it asks for while one works on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from orchestrator.launch.known_protocol import library_protocols
from orchestrator.store.cell_search import search_cells
from orchestrator.store.cells import get_cell
from orchestrator.store.protocol_files import ProtocolVersion, list_versions
from orchestrator.web.models.cell import CellAnswer
from orchestrator.web.models.fields import CellId, PrintableText
from orchestrator.web.pages.cells.cell_view import CellFields, cell_figures
from orchestrator.web.pages.cells.routes import known_materials
from orchestrator.web.pages.frame import fragment, page
from orchestrator.web.pages.start.places import places
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/start")
_SUGGESTED = 20
_VERSIONS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One protocol to choose."""

    value: str
    """As a launch takes it: a name of the library, or the hash of a version."""
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a barcode."""

    cell: CellAnswer | None


@dataclass(frozen=True, slots=True)
class Choices:
    """All protocols to choose from."""

    library: tuple[Choice, ...]
    versions: tuple[ProtocolVersion, ...]
    """What was launched or saved, newest first; not what the library has word for word."""
    more: int
    """Versions that are not among them."""


@router.get("")
def start_page(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """Cells on channels, protocol, parameters, limits, plan, confirmation."""
    return page(
        request,
        service,
        "start/start.html",
        places=places(service, connection),
        choices=_choices(connection),
        limits=service.lab.limits,
        fields=CellFields(),
        materials=known_materials(service, connection),
    )


@router.get("/places")
def places_fragment(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """The table of channels, as they are now."""
    text = fragment(request, service, "start/places.html", places=places(service, connection))
    return HTMLResponse(text)


@router.get("/cells")
def cells_fragment(
    request: Request,
    service: ServiceHere,
    connection: ReadingConnection,
    search: Annotated[PrintableText, Query()] = "",
) -> HTMLResponse:
    """Cells that hold this text, as options of the field."""
    found, _ = search_cells(connection, search, _SUGGESTED)
    options = [(one.cell.id, cell_figures(one.cell).summary) for one in found]
    return HTMLResponse(fragment(request, service, "start/cells.html", options=options))


@router.get("/cell")
def known_cell_or_none(cell_id: Annotated[CellId, Query(alias="id")], connection: ReadingConnection) -> Known:
    """The cell of a barcode that was scanned; that there is none is no error here."""
    cell = get_cell(connection, cell_id)
    return Known(None if cell is None else CellAnswer(**asdict(cell)))


def _choices(connection: Connection) -> Choices:
    shipped = library_protocols()
    hashes = {protocol.sha256 for protocol in shipped}
    stored, total = list_versions(connection, limit=_VERSIONS_SHOWN)
    own = tuple(version for version in stored if version.sha256 not in hashes)
    library = tuple(Choice(protocol.name, protocol.name, protocol.description) for protocol in shipped)
    return Choices(library, own, total - len(stored))
