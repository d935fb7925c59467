"""Analyses of a run."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.queue import queue_analyses
from orchestrator.analysis.registry import find_analysis
from orchestrator.store.analyses import Analysis, list_analyses
from orchestrator.store.events import append_event
from orchestrator.web.models.log import AnalysisAnswer, AnalysisOrder
from orchestrator.web.refusal import WebRefused
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import require_run
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.plan import AnalysisRequest

__all__ = ["router"]

router = APIRouter(prefix="/runs/{run_id}/analyses", tags=["analyses"])


@router.get("")
def get_analyses(run_id: RunId, connection: ReadingConnection) -> list[AnalysisAnswer]:
    """Analyses of a run with their results, newest first."""
    require_run(connection, run_id)
    return [_answer(one) for one in reversed(list_analyses(connection, run_id))]


@router.post("", status_code=HTTPStatus.ACCEPTED)
def request_analysis(run_id: RunId, order: AnalysisOrder, service: ServiceHere) -> AnalysisAnswer:
    """Ask for an analysis, perhaps again or with other options; the node carries it out."""
    try:
        find_analysis(order.name).check_options(order.options)
    except AnalysisError as error:
        raise WebRefused(str(error)) from error
    with service.writing() as connection:
        require_run(connection, run_id)
        now = service.now_unix_s(connection)
        (key,) = queue_analyses(connection, run_id, [AnalysisRequest(order.name, dict(order.options))], now)
        message = f"analysis {order.name} requested"
        append_event(connection, now=now, actor=order.actor, kind="analysis", message=message, run_id=run_id)
        return next(_answer(one) for one in list_analyses(connection, run_id) if one.id == key)


def _answer(one: Analysis) -> AnalysisAnswer:
    return AnalysisAnswer(**{name: getattr(one, name) for name in AnalysisAnswer.model_fields})
