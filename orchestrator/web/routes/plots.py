"""What a run's plots show beside its records, and notes about it."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from orchestrator.store.events import append_event, list_events
from orchestrator.store.voltammograms import voltammograms
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.log import EventAnswer
from orchestrator.web.models.plots import MarksAnswer, NewNote, VoltammogramAnswer
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_marks import run_marks
from orchestrator.web.run_rows import read_run, require_run
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/runs/{run_id}", tags=["records"])
_Newest = Annotated[int, Query(ge=1, le=200, description="At most so many cycles, the newest.")]
_Points = Annotated[int, Query(ge=2, le=5000, description="About so many points of each curve.")]


@router.get("/marks")
def get_marks(run_id: RunId, connection: ReadingConnection) -> MarksAnswer:
    """Events, alarms and known gaps of a run on its test time."""
    return run_marks(connection, read_run(connection, run_id).run)


@router.get("/voltammograms")
def get_voltammograms(
    run_id: RunId, connection: ReadingConnection, newest: _Newest = 50, points: _Points = 500
) -> list[VoltammogramAnswer]:
    """Cycles of voltage sweeps as curves, thinned out for drawing; none where the run sweeps no voltage."""
    require_run(connection, run_id)
    return [
        VoltammogramAnswer(
            cycle=one.cycle,
            label=one.label,
            scan_rate_V_per_s=one.scan_rate_V_per_s,
            voltage_V=one.voltage_V.tolist(),
            current_A=one.current_A.tolist(),
        )
        for one in voltammograms(connection, run_id, newest=newest, points=points)
    ]


@router.post("/notes", status_code=HTTPStatus.CREATED, tags=["events"])
def add_note(run_id: RunId, body: NewNote, person: Asking, service: ServiceHere) -> EventAnswer:
    """Write a note about a run into the event log; it stays there."""
    body = signed(body, person)
    with service.writing() as connection:
        require_run(connection, run_id)
        now_unix_s = service.now_unix_s(connection)
        append_event(connection, now=now_unix_s, actor=body.actor, kind="note", message=body.text, run_id=run_id)
        (written,) = list_events(connection, run_id=run_id, limit=1, newest=True)
        return EventAnswer(**asdict(written))
