"""Campaigns: handing in, following, steering; the node carries them out."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from orchestrator.campaigns.hand_in import hand_in
from orchestrator.campaigns.read_campaign import read_campaign
from orchestrator.campaigns.scan import scan
from orchestrator.store.campaigns import ENDED, list_campaigns, set_campaign_desired
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.campaign_check import check_campaign, read_start
from orchestrator.web.campaign_view import campaign_answer, campaign_detail, require_campaign
from orchestrator.web.forecast_view import forecast_answer
from orchestrator.web.models.campaign import (
    CampaignAnswer,
    CampaignCheckAnswer,
    CampaignDetail,
    CampaignOrderAnswer,
    CampaignStart,
    CampaignSummary,
    CampaignText,
    ForecastAnswer,
    Scan,
)
from orchestrator.web.models.page import Page
from orchestrator.web.models.run import Desired, Order
from orchestrator.web.refusal import Conflict, NotFound
from orchestrator.web.routes.parameters import CampaignId, Limit, Offset
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.library.campaigns import find, names

__all__ = ["router"]

router = APIRouter(tags=["campaigns"])


@router.get("/campaigns/library")
def get_campaign_library() -> list[CampaignSummary]:
    """The campaigns that come with cellbench."""
    return [CampaignSummary(name=name, description=_described(name)) for name in names()]


@router.get("/campaigns/library/{name}")
def get_library_campaign(name: Annotated[str, Path(max_length=200)]) -> CampaignText:
    """One campaign of the library, to be read and changed."""
    return CampaignText(name=name, description=_described(name), source=_shipped(name))


@router.post("/campaigns/check")
def check_one_campaign(body: CampaignStart, service: ServiceHere, connection: ReadingConnection) -> CampaignCheckAnswer:
    """Say what is wrong with a campaign, else where its cells must be and when all is done; nothing is stored."""
    return check_campaign(connection, service, body, _source_of(body))


@router.post("/campaigns", status_code=HTTPStatus.CREATED)
def start_campaign(body: CampaignStart, person: Asking, service: ServiceHere) -> CampaignDetail:
    """Hand a campaign in: all of it is checked with every cell on its benches before anything begins."""
    body = signed(body, person)
    source = _source_of(body)
    campaign = read_start(body, source, service.lab)
    with service.writing() as connection:
        now = service.now_unix_s(connection)
        key = hand_in(connection, service.lab, service.cycler_for, campaign, source, now, body.actor)
        return campaign_detail(connection, service, require_campaign(connection, key), now)


@router.get("/campaigns")
def get_campaigns(connection: ReadingConnection, limit: Limit = 50, offset: Offset = 0) -> Page[CampaignAnswer]:
    """Campaigns, newest first."""
    rows, total = list_campaigns(connection, limit=limit, offset=offset)
    items = [campaign_answer(connection, row) for row in rows]
    return Page(items=items, total=total, limit=limit, offset=offset)


@router.get("/campaigns/{campaign_id}")
def get_one_campaign(campaign_id: CampaignId, service: ServiceHere, connection: ReadingConnection) -> CampaignDetail:
    """One campaign with every job: its run, and when it is expected."""
    now = service.now_unix_s(connection)
    return campaign_detail(connection, service, require_campaign(connection, campaign_id), now)


@router.get("/forecast")
def get_forecast(service: ServiceHere, connection: ReadingConnection) -> ForecastAnswer:
    """The whole queue on the calendar: when every run and every job of a campaign begins and ends, and where."""
    return forecast_answer(connection, service, service.now_unix_s(connection))


@router.post("/campaigns/{campaign_id}/pause")
def pause_campaign(campaign_id: CampaignId, order: Order, person: Asking, service: ServiceHere) -> CampaignOrderAnswer:
    """Pause its runs, and begin nothing more."""
    order = signed(order, person)
    return _want(campaign_id, "pause", order, service)


@router.post("/campaigns/{campaign_id}/resume")
def resume_campaign(campaign_id: CampaignId, order: Order, person: Asking, service: ServiceHere) -> CampaignOrderAnswer:
    """Let a paused campaign and its runs go on."""
    order = signed(order, person)
    return _want(campaign_id, "run", order, service)


@router.post("/campaigns/{campaign_id}/stop")
def stop_campaign(campaign_id: CampaignId, order: Order, person: Asking, service: ServiceHere) -> CampaignOrderAnswer:
    """End its runs at open circuit, and begin nothing more. It is stopped when the last of them has been seen to be."""
    order = signed(order, person)
    return _want(campaign_id, "stop", order, service)


@router.post("/campaigns/{campaign_id}/confirm")
def confirm_campaign(campaign_id: CampaignId, body: Scan, person: Asking, service: ServiceHere) -> CampaignOrderAnswer:
    """Confirm what the campaign has asked a person to do, by the barcode of the cell it asked about."""
    body = signed(body, person)
    with service.writing() as connection:
        row = require_campaign(connection, campaign_id)
        now = service.now_unix_s(connection)
        wrong = scan(connection, campaign_id, body.barcode, body.bench, actor=body.actor, now=now, reason=body.reason)
    if wrong is not None:
        raise Conflict(wrong)
    message = f"campaign {campaign_id}: confirmed for cell {body.barcode}"
    return CampaignOrderAnswer(campaign_id=campaign_id, state=row.state, desired=row.desired, message=message)


def _want(campaign_id: int, desired: Desired, order: Order, service: ServiceHere) -> CampaignOrderAnswer:
    verb = "resume" if desired == "run" else desired
    with service.writing() as connection:
        row = require_campaign(connection, campaign_id)
        now = service.now_unix_s(connection)
        counts = set_campaign_desired(connection, campaign_id, desired, actor=order.actor, now=now, reason=order.reason)
    if desired == "stop" and not counts:
        message = f"campaign {campaign_id} is {row.state}"
        return CampaignOrderAnswer(campaign_id=campaign_id, state=row.state, desired=row.desired, message=message)
    if not counts:
        what = row.state if row.state in ENDED else "being stopped"
        raise Conflict(f"campaign {campaign_id} is {what} and cannot {verb}; start it again")
    message = f"campaign {campaign_id}: {verb} requested ({row.state})"
    return CampaignOrderAnswer(campaign_id=campaign_id, state=row.state, desired=desired, message=message)


def _source_of(body: CampaignStart) -> str:
    return body.source if body.source is not None else _shipped(body.name)


@cache
def _described(name: str) -> str:
    """Read once: a shipped campaign does not change."""
    return read_campaign(_shipped(name), name).description


def _shipped(name: str) -> str:
    found = find(name)
    if found is None:
        raise NotFound(f"no campaign of the library is called {name}; it has {', '.join(names())}")
    return found.content.decode()
