"""A page for people who open the address in a browser."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from orchestrator.web.service import ServiceHere

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_LINKS = (
    ("/api/v1/health", "health of database, node and instruments"),
    ("/api/v1/channels", "channels and what runs there"),
    ("/api/v1/runs", "runs"),
    ("/api/v1/cells", "cells"),
    ("/api/v1/protocols", "protocols of the library"),
    ("/api/v1/alarms", "open alarms"),
    ("/api/v1/events", "events"),
    ("/metrics", "metrics, for Prometheus"),
    ("/api/v1/openapi.json", "the whole API, as OpenAPI"),
)


@router.get("/")
def index(service: ServiceHere) -> HTMLResponse:
    """Links to what the API offers."""
    name = escape(service.lab.name)
    items = "".join(f'<li><a href="{path}">{path}</a> {escape(text)}</li>' for path, text in _LINKS)
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title><h1>{name}</h1><ul>{items}</ul>'
    return HTMLResponse(page)
