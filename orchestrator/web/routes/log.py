"""Events and alarms."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from orchestrator.store import alarms as stored
from orchestrator.store.events import append_event, list_events
from orchestrator.store.tables import alarms
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.log import Acknowledgement, AlarmAnswer, EventAnswer
from orchestrator.web.refusal import NotFound
from orchestrator.web.routes.parameters import Limit, Offset
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter()


@router.get("/events", tags=["events"])
def get_events(
    connection: ReadingConnection,
    run_id: Annotated[int | None, Query(ge=1, le=ID_MAX, description="Only of this run.")] = None,
    campaign_id: Annotated[int | None, Query(ge=1, le=ID_MAX, description="Only of this campaign.")] = None,
    after: Annotated[int, Query(ge=0, le=ID_MAX, description="Only with a greater id.")] = 0,
    newest: Annotated[bool, Query(description="The last ones, not the first.")] = True,
    limit: Limit = 50,
) -> list[EventAnswer]:
    """Events in order."""
    found = list_events(connection, run_id=run_id, campaign_id=campaign_id, after_id=after, limit=limit, newest=newest)
    return [EventAnswer(**asdict(event)) for event in found]


@router.get("/alarms", tags=["alarms"])
def get_alarms(
    connection: ReadingConnection,
    only_open: Annotated[bool, Query(alias="open", description="Only those whose cause is not over.")] = True,
    limit: Limit = 200,
    offset: Offset = 0,
) -> list[AlarmAnswer]:
    """Alarms, newest first."""
    found = stored.list_alarms(connection, open_only=only_open, limit=limit, offset=offset)
    return [AlarmAnswer(**asdict(one)) for one in found]


@router.post("/alarms/{alarm_id}/acknowledge", tags=["alarms"])
def acknowledge_alarm(
    alarm_id: Annotated[int, Path(ge=1, le=ID_MAX)], body: Acknowledgement, person: Asking, service: ServiceHere
) -> AlarmAnswer:
    """Say that a person has seen an alarm, and what comes of it. The first acknowledgement stands."""
    body = signed(body, person)
    with service.writing() as connection:
        query = select(alarms).where(alarms.c.id == alarm_id)
        before = connection.execute(query).one_or_none()
        if before is None:
            raise NotFound(f"there is no alarm {alarm_id}; `cellbench alarms` lists them")
        now = service.now_unix_s(connection)
        if before.acknowledged_by is None:
            stored.acknowledge_alarm(connection, alarm_id, by=body.actor, reason=body.reason, now=now)
            message = f"alarm {alarm_id} ({before.source}) acknowledged: {body.reason}"
            append_event(connection, now=now, actor=body.actor, kind="alarm", message=message)
        return AlarmAnswer(**connection.execute(query).one()._asdict())
