"""A page for people who look for the API."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.web.pages.frame import N_, page
from orchestrator.web.service import ServiceHere

__all__ = ["router"]

router = APIRouter()
_LINKS = (
    ("/api/v1/health", N_("health of database, node and instruments")),
    ("/api/v1/channels", N_("channels and what runs there")),
    ("/api/v1/runs", N_("runs")),
    ("/api/v1/cells", N_("cells")),
    ("/api/v1/protocols", N_("protocols of the library")),
    ("/api/v1/alarms", N_("open alarms")),
    ("/api/v1/events", N_("events")),
    ("/metrics", N_("metrics, for Prometheus")),
    ("/api/v1/openapi.json", N_("the whole API, as OpenAPI")),
)


@router.get("/api")
def get_api_index(request: Request, service: ServiceHere) -> HTMLResponse:
    """Links to what the API offers."""
    return page(request, service, "api_index.html", links=_LINKS)
