"""The list of cells, and one cell."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from orchestrator.store.cell_search import materials_of_cells, search_cells
from orchestrator.store.cells import get_cell
from orchestrator.web.models.fields import CellId, PrintableText
from orchestrator.web.pages.cells.cell_view import CellFields, cell_fields, cell_figures, cell_line
from orchestrator.web.pages.frame import page
from orchestrator.web.refusal import NotFound
from orchestrator.web.routes.runs import list_runs
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["known_materials", "router"]

router = APIRouter()
_PER_PAGE = 50
_PAGE_MAX = 1_000_000
_RUNS_SHOWN = 50
_Search = Annotated[PrintableText, Query()]


@router.get("/cells")
def list_page(
    request: Request,
    service: ServiceHere,
    connection: ReadingConnection,
    search: _Search = "",
    number: Annotated[int, Query(alias="page", ge=1, le=_PAGE_MAX)] = 1,
) -> HTMLResponse:
    """Every cell, or those that hold a text."""
    found, total = search_cells(connection, search, _PER_PAGE, (number - 1) * _PER_PAGE)
    return page(
        request,
        service,
        "cells/list.html",
        cells=[cell_line(one) for one in found],
        total=total,
        search=search,
        number=number,
        pages=max(1, -(-total // _PER_PAGE)),
        fields=CellFields(),
        materials=known_materials(service, connection),
    )


@router.get("/cells/{cell_id}")
def cell_page(
    cell_id: Annotated[CellId, Path()], request: Request, service: ServiceHere, connection: ReadingConnection
) -> HTMLResponse:
    """One cell with what was entered for it, and its runs."""
    cell = get_cell(connection, cell_id)
    if cell is None:
        raise NotFound(f"cell {cell_id} is not known")
    runs = list_runs(service, connection, cell=cell_id, limit=_RUNS_SHOWN, offset=0)
    return page(
        request,
        service,
        "cells/cell.html",
        cell=cell,
        figures=cell_figures(cell),
        entered=sorted(cell.metadata.items()),
        runs=runs,
        fields=cell_fields(cell),
        materials=known_materials(service, connection),
    )


def known_materials(service: Service, connection: Connection) -> list[str]:
    """Materials to choose from: those of which there is a model, and what other cells are of."""
    models = [] if service.model_cells is None else service.model_cells.materials()
    return list(dict.fromkeys([*models, *materials_of_cells(connection)]))
