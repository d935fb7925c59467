"""Runs: launching, listing, following."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection, select

from orchestrator.launch import LaunchRequest, launch_together
from orchestrator.launch.plan_text import plan_lines
from orchestrator.launch.request import LaunchedRun
from orchestrator.store.spectra import count_spectra
from orchestrator.store.tables import segments
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.page import Page
from orchestrator.web.models.run import LaunchAnswer, LaunchedAnswer, RunAnswer, RunDetail, SegmentAnswer
from orchestrator.web.models.run import LaunchRequest as LaunchBody
from orchestrator.web.routes.parameters import Filter, Limit, Offset, RunId
from orchestrator.web.run_rows import RunFilter, read_run, read_runs
from orchestrator.web.run_view import run_answer
from orchestrator.web.service import ReadingConnection, Service, ServiceHere
from protocols.describe import duration_text

__all__ = ["router"]

router = APIRouter(prefix="/runs", tags=["runs"])


@router.post("", status_code=HTTPStatus.CREATED)
def launch_runs(body: LaunchBody, person: Asking, service: ServiceHere) -> LaunchAnswer:
    """Launch a protocol on cells: all of them, or none. The node starts what is queued."""
    body = signed(body, person)
    with service.writing() as connection:
        now_unix_s = service.now_unix_s(connection)
        launched = _launch_all(connection, service, body, now_unix_s)
    return LaunchAnswer(now_unix_s=now_unix_s, runs=[_launched_answer(one, now_unix_s) for one in launched])


@router.get("")
def list_runs(
    service: ServiceHere,
    connection: ReadingConnection,
    state: Filter = None,
    cell: Filter = None,
    protocol: Filter = None,
    instrument: Filter = None,
    active: Annotated[bool | None, Query(description="True: has not ended.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[RunAnswer]:
    """Runs, newest first."""
    rows, total = read_runs(connection, RunFilter(state, cell, protocol, instrument, active), limit, offset)
    now_unix_s = service.now_unix_s(connection)
    items = [run_answer(service.lab, service.plans, one, now_unix_s) for one in rows]
    return Page(items=items, total=total, limit=limit, offset=offset)


@router.get("/{run_id}")
def get_run(run_id: RunId, service: ServiceHere, connection: ReadingConnection) -> RunDetail:
    """One run with its plan, its segments and where it is."""
    rows = read_run(connection, run_id)
    plan = service.plans.of(run_id, rows.run.plan).plan
    answer = run_answer(service.lab, service.plans, rows, service.now_unix_s(connection))
    return RunDetail(
        **answer.model_dump(),
        parameters=plan.parameters,
        description=plan_lines(plan),
        segments=_segments(connection, run_id),
        spectra=count_spectra(connection, run_id),
        plan=rows.run.plan,
    )


def _launch_all(connection: Connection, service: Service, body: LaunchBody, now_unix_s: float) -> list[LaunchedRun]:
    """Every placement in one transaction; raises LaunchRefused with the problems of all of them."""
    requests = [
        LaunchRequest(
            protocol=body.protocol,
            source=body.source,
            cell_id=placement.cell,
            place=placement.bench,
            parameters=body.parameters,
            note=body.note,
        )
        for placement in body.placements
    ]
    return launch_together(connection, service.lab, service.cycler_for, requests, now_unix_s, body.actor)


def _launched_answer(one: LaunchedRun, now_unix_s: float) -> LaunchedAnswer:
    estimate = one.plan.estimate
    message = (
        f"run {one.run_id}  {one.plan.protocol} on {one.plan.cell.id} at {one.target}, {estimate.cycles} cycles, "
        f"about {duration_text(round(estimate.duration_s))}"
    )
    if one.behind_run_id is not None:
        message += f", queued behind run {one.behind_run_id}"
    if one.batch_id is not None:
        message += f", in batch {one.batch_id} in {one.target.chamber}"
    if one.waits is not None:
        message += f"; {one.waits}"
    return LaunchedAnswer(
        run_id=one.run_id,
        cell=one.plan.cell.id,
        place=str(one.target),
        cycles=estimate.cycles,
        duration_s=estimate.duration_s,
        finish_unix_s=now_unix_s + estimate.duration_s if (one.behind_run_id, one.waits) == (None, None) else None,
        behind_run_id=one.behind_run_id,
        batch_id=one.batch_id,
        chamber=one.target.chamber,
        waits=one.waits,
        warnings=list(one.plan.warnings),
        watched_by_service=list(one.watched_by_service),
        message=message,
    )


def _segments(connection: Connection, run_id: int) -> list[SegmentAnswer]:
    columns = [segments.c[name] for name in SegmentAnswer.model_fields]
    query = select(*columns).where(segments.c.run_id == run_id).order_by(segments.c.number, segments.c.attempt)
    return [SegmentAnswer(**row._asdict()) for row in connection.execute(query)]
