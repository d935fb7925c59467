"""The page of the queue, and the parts of it that are loaded anew when something has changed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.web.forecast_view import forecast_answer
from orchestrator.web.pages.frame import fragment, page
from orchestrator.web.pages.queue.views import queue_view
from orchestrator.web.prompts_view import open_prompts
from orchestrator.web.queue_view import queue_answer
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter()


@router.get("/queue")
def get_queue_page(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """Prompts, channels, calendar."""
    now = service.now_unix_s(connection)
    answer = queue_answer(connection, service, now)
    forecast = forecast_answer(connection, service, now)
    return page(
        request, service, "queue/page.html", queue=queue_view(answer), prompts=answer.prompts, forecast=forecast
    )


@router.get("/queue/prompts")
def get_prompts(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """What people are asked to do."""
    asked = open_prompts(connection, service.lab)
    return HTMLResponse(fragment(request, service, "queue/prompts.html", prompts=asked))


@router.get("/queue/channels")
def get_channels(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """What waits."""
    answer = queue_answer(connection, service, service.now_unix_s(connection))
    return HTMLResponse(fragment(request, service, "queue/channels.html", queue=queue_view(answer)))


@router.get("/queue/forecast")
def get_forecast(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """When everything is expected."""
    forecast = forecast_answer(connection, service, service.now_unix_s(connection))
    return HTMLResponse(fragment(request, service, "queue/slots.html", forecast=forecast))
