"""The queue: looking at it, and changing its order."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection, select

from orchestrator.store.move_run import move_run
from orchestrator.store.queue_order import queue_position
from orchestrator.store.tables import runs
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.queue import MoveAnswer, MoveOrder, QueueAnswer
from orchestrator.web.queue_view import queue_answer
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import ENDED, require_run
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["queue"])


@router.get("/queue")
def get_queue(service: ServiceHere, connection: ReadingConnection) -> QueueAnswer:
    """What runs and waits on every channel, in order, with the reason; and what people are asked to do."""
    return queue_answer(connection, service, service.now_unix_s(connection))


@router.post("/runs/{run_id}/move")
def move_in_queue(run_id: RunId, order: MoveOrder, person: Asking, service: ServiceHere) -> MoveAnswer:
    """Give a run that has not begun another place in the queue of its channel; a batch moves as a whole."""
    order = signed(order, person)
    with service.writing() as connection:
        require_run(connection, run_id)
        now = service.now_unix_s(connection)
        moved = move_run(connection, run_id, order.move, actor=order.actor, now=now, reason=order.reason)
        return MoveAnswer(run_id=run_id, message=moved, order=_order_beside(connection, run_id))


def _order_beside(connection: Connection, run_id: int) -> list[int]:
    place = connection.execute(select(runs.c.instrument, runs.c.channel).where(runs.c.id == run_id)).one()
    here = (runs.c.instrument == place.instrument, runs.c.channel == place.channel, runs.c.state.not_in(ENDED))
    return list(connection.scalars(select(runs.c.id).where(*here).order_by(*queue_position())))
