"""What people are told of alarms, and whether it reaches them."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from orchestrator.messages.trial import ask_for_trial
from orchestrator.store.alarms import get_alarm
from orchestrator.store.errors import StoreError
from orchestrator.store.messages import messages_of
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.log import AlarmAnswer
from orchestrator.web.models.messages import MessageAnswer, ReceiverAnswer, TrialOrder
from orchestrator.web.outlet_view import outlets_now
from orchestrator.web.refusal import Conflict, NotFound
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/alarms", tags=["alarms"])


@router.get("/receivers")
def get_receivers(connection: ReadingConnection) -> list[ReceiverAnswer]:
    """Receivers of messages and heartbeats: what they took last, what they fail with."""
    return outlets_now(connection)


@router.get("/{alarm_id}/messages")
def get_messages(alarm_id: Annotated[int, Path(ge=1, le=ID_MAX)], connection: ReadingConnection) -> list[MessageAnswer]:
    """Who was, or is to be, told of an alarm; of one that has come back, with the first of its returns."""
    try:
        alarm = get_alarm(connection, alarm_id)
    except StoreError as error:
        raise NotFound(str(error)) from error
    found = messages_of(connection, [alarm.first_id or alarm.id])
    return [MessageAnswer.model_validate(message, from_attributes=True) for message in found]


@router.post("/test", status_code=HTTPStatus.CREATED)
def send_test(body: TrialOrder, person: Asking, service: ServiceHere) -> AlarmAnswer:
    """Send a test message through every receiver; ``/alarms/{alarm_id}/messages`` tells what comes of it."""
    body = signed(body, person)
    if not service.lab.receivers:
        raise Conflict("the lab file names nobody to be told; see `alarms` in docs/reference/lab-file.md")
    with service.writing() as connection:
        now = service.now_unix_s(connection)
        alarm_id = ask_for_trial(connection, service.lab.receivers, actor=body.actor, now=now, wall_unix_s=time.time())
        return AlarmAnswer.model_validate(get_alarm(connection, alarm_id), from_attributes=True)
