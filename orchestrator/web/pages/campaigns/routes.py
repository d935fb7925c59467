"""The pages of campaigns, and the parts of them that are loaded anew when something has changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from orchestrator.store.campaigns import list_campaigns
from orchestrator.store.events import Event, list_events
from orchestrator.web.campaign_view import campaign_answer, campaign_detail, require_campaign
from orchestrator.web.forecast_view import forecast_answer
from orchestrator.web.models.campaign import CampaignAnswer, ForecastAnswer
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.page import Page
from orchestrator.web.pages.campaigns.views import CampaignPage, cell_rows, step_views
from orchestrator.web.pages.frame import fragment, page
from orchestrator.web.prompts_view import open_prompts
from orchestrator.web.routes.parameters import CampaignId, Offset
from orchestrator.web.service import ReadingConnection, Service, ServiceHere
from protocols.library.campaigns import names

__all__ = ["router"]

router = APIRouter()
_PAGE_SIZE = 50
_EVENTS_SHOWN = 100
_Occurrence = Annotated[int | None, Query(ge=1, le=ID_MAX)]


@router.get("/campaigns")
def get_list(request: Request, service: ServiceHere, connection: ReadingConnection, offset: Offset = 0) -> HTMLResponse:
    """Campaigns, newest first."""
    return page(request, service, "campaigns/list.html", found=_found(connection, offset))


@router.get("/campaigns/rows")
def get_rows(request: Request, service: ServiceHere, connection: ReadingConnection, offset: Offset = 0) -> HTMLResponse:
    """The table of them."""
    return HTMLResponse(fragment(request, service, "campaigns/rows.html", found=_found(connection, offset)))


@router.get("/campaigns/new")
def get_start_page(request: Request, service: ServiceHere) -> HTMLResponse:
    """Handing one in."""
    return page(request, service, "campaigns/start.html", library=names())


@router.get("/campaigns/{campaign_id}")
def get_campaign_page(
    request: Request,
    campaign_id: CampaignId,
    service: ServiceHere,
    connection: ReadingConnection,
    occurrence: _Occurrence = None,
) -> HTMLResponse:
    """One campaign."""
    shown = _campaign(connection, service, campaign_id, occurrence)
    events = _events(connection, campaign_id)
    template = "campaigns/page.html"
    return page(request, service, template, page=shown, prompts=shown.prompts, forecast=shown.forecast, events=events)


@router.get("/campaigns/{campaign_id}/body")
def get_body(
    request: Request,
    campaign_id: CampaignId,
    service: ServiceHere,
    connection: ReadingConnection,
    occurrence: _Occurrence = None,
) -> HTMLResponse:
    """What changes of it."""
    shown = _campaign(connection, service, campaign_id, occurrence)
    body = fragment(request, service, "campaigns/body.html", page=shown, forecast=shown.forecast)
    return HTMLResponse(body)


@router.get("/campaigns/{campaign_id}/prompts")
def get_prompts(
    request: Request, campaign_id: CampaignId, service: ServiceHere, connection: ReadingConnection
) -> HTMLResponse:
    """What people are asked to do for it."""
    asked = open_prompts(connection, service.lab, campaign_id)
    return HTMLResponse(fragment(request, service, "queue/prompts.html", prompts=asked))


@router.get("/campaigns/{campaign_id}/forecast")
def get_forecast(
    request: Request, campaign_id: CampaignId, service: ServiceHere, connection: ReadingConnection
) -> HTMLResponse:
    """When what is left of it is expected."""
    forecast = _own(forecast_answer(connection, service, service.now_unix_s(connection)), campaign_id)
    return HTMLResponse(fragment(request, service, "queue/slots.html", forecast=forecast))


@router.get("/campaigns/{campaign_id}/events")
def get_events(
    request: Request, campaign_id: CampaignId, service: ServiceHere, connection: ReadingConnection
) -> HTMLResponse:
    """What has become of it so far."""
    events = _events(connection, campaign_id)
    return HTMLResponse(fragment(request, service, "campaigns/events.html", events=events))


def _events(connection: Connection, campaign_id: int) -> list[Event]:
    return list_events(connection, campaign_id=campaign_id, limit=_EVENTS_SHOWN, newest=True)[::-1]


def _found(connection: Connection, offset: int) -> Page[CampaignAnswer]:
    rows, total = list_campaigns(connection, limit=_PAGE_SIZE, offset=offset)
    answers = [campaign_answer(connection, row) for row in rows]
    return Page(items=answers, total=total, limit=_PAGE_SIZE, offset=offset)


def _campaign(connection: Connection, service: Service, campaign_id: int, occurrence: int | None) -> CampaignPage:
    row = require_campaign(connection, campaign_id)
    now = service.now_unix_s(connection)
    detail = campaign_detail(connection, service, row, now)
    shown = min(occurrence or detail.occurrence, detail.occurrence)
    return CampaignPage(
        detail=detail,
        shown=shown,
        steps=step_views(detail.steps),
        rows=cell_rows(detail, shown),
        prompts=open_prompts(connection, service.lab, campaign_id),
        forecast=_own(forecast_answer(connection, service, now), campaign_id),
    )


def _own(everything: ForecastAnswer, campaign_id: int) -> ForecastAnswer:
    slots = [slot for slot in everything.slots if slot.campaign_id == campaign_id]
    ends = [slot.end_unix_s for slot in slots if slot.end_unix_s is not None]
    return ForecastAnswer(now_unix_s=everything.now_unix_s, end_unix_s=max(ends, default=None), slots=slots)
