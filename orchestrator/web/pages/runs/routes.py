"""``/runs``, ``/runs/17`` and what that page asks for later."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from orchestrator.web.models.fields import ID_MAX, PrintableText
from orchestrator.web.pages.frame import fragment, page
from orchestrator.web.pages.language import language_of
from orchestrator.web.pages.runs import drawn
from orchestrator.web.pages.runs.results import shown_results
from orchestrator.web.pages.runs.run_list import run_list
from orchestrator.web.pages.runs.run_page import EXPORTS, run_page
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import require_run
from orchestrator.web.sentences.book import result_book_of
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter()
router.include_router(drawn.router)
_Asked = Annotated[PrintableText, Query()]
_Offset = Annotated[int, Query(ge=0, le=ID_MAX)]


@router.get("/runs")
def get_run_list(
    request: Request,
    service: ServiceHere,
    connection: ReadingConnection,
    cell: _Asked = "",
    protocol: _Asked = "",
    state: _Asked = "",
    offset: _Offset = 0,
) -> HTMLResponse:
    """Runs, newest first, fifty a page."""
    found = run_list(service, connection, cell=cell, protocol=protocol, state=state, offset=offset)
    return page(request, service, "runs/list.html", list=found)


@router.get("/runs/{run_id}")
def get_run_page(run_id: RunId, request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """One run: where it is, what it measured, what can be done with it."""
    return page(request, service, "runs/run.html", view=run_page(service, connection, run_id), exports=EXPORTS)


@router.get("/runs/{run_id}/results")
def get_results(run_id: RunId, request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """What the analyses of a run say, as a part of its page."""
    require_run(connection, run_id)
    shown = shown_results(connection, run_id, result_book_of(language_of(request)))
    return HTMLResponse(fragment(request, service, "runs/results.html", results=shown))
