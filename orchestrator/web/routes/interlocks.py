"""Interlock rules and their trips."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query

from orchestrator.interlocks.built_in import all_rules
from orchestrator.interlocks.trip_changes import acknowledge
from orchestrator.store import trips as stored
from orchestrator.store.errors import StoreError
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.interlock import InterlockAnswer, TripAnswer
from orchestrator.web.models.log import Acknowledgement
from orchestrator.web.refusal import NotFound
from orchestrator.web.routes.parameters import Limit, Offset
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["interlocks"])


@router.get("/interlocks")
def get_interlocks(service: ServiceHere, connection: ReadingConnection) -> list[InterlockAnswer]:
    """Every rule of this lab, the built-in ones first, with its open trips."""
    open_trips = stored.list_trips(connection)
    return [
        InterlockAnswer(
            rule=str(rule),
            subject=str(rule.subject),
            condition=str(rule.condition),
            for_s=rule.for_s,
            do=str(rule.do),
            alarm=rule.alarm,
            origin=rule.origin,
            open_trips=[trip.id for trip in open_trips if trip.rule == str(rule)],
        )
        for rule in all_rules(service.lab)
    ]


@router.get("/trips")
def get_trips(
    connection: ReadingConnection,
    only_open: Annotated[bool, Query(alias="open", description="Only those that are not over.")] = True,
    limit: Limit = 200,
    offset: Offset = 0,
) -> list[TripAnswer]:
    """Trips, newest first."""
    return [_answer(trip) for trip in stored.list_trips(connection, open_only=only_open, limit=limit, offset=offset)]


@router.post("/trips/{trip_id}/ack")
def acknowledge_trip(
    trip_id: Annotated[int, Path(ge=1, le=ID_MAX)], body: Acknowledgement, person: Asking, service: ServiceHere
) -> TripAnswer:
    """Say who has looked and what was found. The first acknowledgement stands; nothing goes on by itself."""
    body = signed(body, person)
    with service.writing() as connection:
        now = service.now_unix_s(connection)
        try:
            return _answer(acknowledge(connection, trip_id, by=body.actor, reason=body.reason, now=now))
        except StoreError as error:
            raise NotFound(str(error)) from error


def _answer(trip: stored.TripRow) -> TripAnswer:
    return TripAnswer(**asdict(trip), latched=trip.latched)
