"""Analyses, of a run and of several together."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.registry import find_analysis
from orchestrator.store.analyses import (
    Analysis,
    AnalysisFilter,
    get_analysis,
    list_analyses,
    page_analyses,
    queue_analysis,
)
from orchestrator.store.events import append_event
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.models.analysis import AnalysisAnswer, AnalysisLine, AnalysisOrder, JointAnalysisOrder
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.page import Page
from orchestrator.web.refusal import NotFound, WebRefused
from orchestrator.web.routes.parameters import Filter, Limit, Offset, RunId
from orchestrator.web.run_rows import require_run
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["analyses"])
_AnalysisId = Annotated[int, Path(ge=1, le=ID_MAX, description="Number of the analysis.", examples=[12])]


@router.get("/runs/{run_id}/analyses")
def get_analyses(run_id: RunId, connection: ReadingConnection) -> list[AnalysisAnswer]:
    """Analyses that a run is part of with their results, newest first."""
    require_run(connection, run_id)
    return [_answer(one) for one in reversed(list_analyses(connection, run_id))]


@router.post("/runs/{run_id}/analyses", status_code=HTTPStatus.ACCEPTED)
def request_analysis(run_id: RunId, order: AnalysisOrder, person: Asking, service: ServiceHere) -> AnalysisAnswer:
    """Ask for an analysis, perhaps again or with other options; the node carries it out."""
    order = signed(order, person)
    return _request([run_id], order, service)


@router.get("/analyses")
def find_analyses(
    connection: ReadingConnection,
    run_id: Annotated[int | None, Query(ge=1, le=ID_MAX, description="Among its runs.")] = None,
    name: Filter = None,
    state: Filter = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Page[AnalysisLine]:
    """Every version that was ever asked for, newest first, without results."""
    found, total = page_analyses(connection, AnalysisFilter(run_id, name, state), limit, offset)
    return Page(items=[_line(one) for one in found], total=total, limit=limit, offset=offset)


@router.post("/analyses", status_code=HTTPStatus.ACCEPTED)
def request_joint_analysis(order: JointAnalysisOrder, person: Asking, service: ServiceHere) -> AnalysisAnswer:
    """Ask for one analysis of several runs together; the node carries it out."""
    order = signed(order, person)
    return _request(list(dict.fromkeys(order.runs)), order, service)


@router.get("/analyses/{analysis_id}")
def get_one_analysis(analysis_id: _AnalysisId, connection: ReadingConnection) -> AnalysisAnswer:
    """One version with its result."""
    return _answer(_known(connection, analysis_id))


def _request(run_ids: Sequence[int], order: AnalysisOrder, service: Service) -> AnalysisAnswer:
    try:
        find_analysis(order.name).check_options(order.options)
    except AnalysisError as error:
        raise WebRefused(str(error)) from error
    with service.writing() as connection:
        for run_id in run_ids:
            require_run(connection, run_id)
        now = service.now_unix_s(connection)
        key = queue_analysis(connection, run_ids, order.name, order.options, now=now)
        for run_id in run_ids:
            message = f"analysis {order.name} requested"
            data = {"analysis": key, "options": dict(order.options), "runs": list(run_ids)}
            append_event(
                connection, now=now, actor=order.actor, kind="analysis", message=message, run_id=run_id, data=data
            )
        return _answer(_known(connection, key))


def _known(connection: Connection, analysis_id: int) -> Analysis:
    found = get_analysis(connection, analysis_id)
    if found is None:
        raise NotFound(f"there is no analysis {analysis_id}; `cellbench results RUN --versions` lists those of a run")
    return found


def _line(one: Analysis) -> AnalysisLine:
    return AnalysisLine(**{name: getattr(one, name) for name in AnalysisLine.model_fields})


def _answer(one: Analysis) -> AnalysisAnswer:
    return AnalysisAnswer(**{name: getattr(one, name) for name in AnalysisAnswer.model_fields})
