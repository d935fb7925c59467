"""The page of alarms, and the part of it that is loaded anew when something has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from orchestrator.messages.trial import TRIAL_SOURCE
from orchestrator.store.alarm_history import present_alarms
from orchestrator.store.trips import TripRow, list_trips
from orchestrator.web.models.messages import ReceiverAnswer
from orchestrator.web.outlet_view import outlets_now
from orchestrator.web.pages.alarms.history import Wanted, history_page
from orchestrator.web.pages.alarms.views import AlarmView, alarm_views
from orchestrator.web.pages.frame import fragment, page
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter()
_PRESENT_MAX = 200
_TRIPS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Present:
    """What is wrong now, and who hears of it."""

    alarms: list[AlarmView]
    trips: list[TripRow]
    past_trips: list[TripRow]
    outlets: list[ReceiverAnswer]
    can_tell: bool
    """Whether the lab file names anybody to be told."""


@router.get("/alarms")
def get_alarms_page(
    request: Request, service: ServiceHere, connection: ReadingConnection, wanted: Annotated[Wanted, Query()]
) -> HTMLResponse:
    """Alarms, trips, receivers, history."""
    present = _present(connection, service)
    return page(request, service, "alarms/page.html", present=present, history=history_page(connection, wanted))


@router.get("/alarms/present")
def get_present(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """What is wrong now."""
    return HTMLResponse(fragment(request, service, "alarms/present.html", present=_present(connection, service)))


def _present(connection: Connection, service: ServiceHere) -> Present:
    trips = list_trips(connection, open_only=False, limit=_TRIPS_SHOWN)
    # those that hold a cell back may be older than the newest ones
    held = list_trips(connection, limit=1000)
    held_ids = {trip.id for trip in held}
    return Present(
        alarms=alarm_views(connection, present_alarms(connection, TRIAL_SOURCE, _PRESENT_MAX)),
        trips=held,
        past_trips=[trip for trip in trips if trip.id not in held_ids],
        outlets=outlets_now(connection),
        can_tell=bool(service.lab.receivers),
    )
