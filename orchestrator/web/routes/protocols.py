"""Protocols: the library, checking, previewing."""

from __future__ import annotations

from fastapi import APIRouter

from orchestrator.launch.able_channels import AbleChannels
from orchestrator.launch.known_cell import known_cell
from orchestrator.launch.known_protocol import known_protocol
from orchestrator.launch.obstacle import obstacle_to_launch
from orchestrator.launch.plan_text import plan_lines
from orchestrator.launch.prepared import prepare
from orchestrator.launch.target import find_target
from orchestrator.web.models.fields import Name
from orchestrator.web.models.protocol import (
    CheckAnswer,
    CheckRequest,
    PlanAnswer,
    PlanEstimate,
    PlanRequest,
    ProtocolSummary,
    ProtocolText,
)
from orchestrator.web.protocol_check import check_answer
from orchestrator.web.refusal import NotFound
from orchestrator.web.requested import requested_cell
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.compile import compile_protocol
from protocols.library import find, names
from protocols.plan import Plan
from protocols.reading import load_protocol
from protocols.storage import dump_plan

__all__ = ["router"]

router = APIRouter(prefix="/protocols", tags=["protocols"])


@router.get("")
def list_protocols() -> list[ProtocolSummary]:
    """Protocols that come with cellbench."""
    return [ProtocolSummary(name=name, description=load_protocol(name).description) for name in names()]


@router.get("/{name}")
def get_protocol(name: Name) -> ProtocolText:
    """One protocol of the library with its text."""
    shipped = find(name)
    if shipped is None:
        raise NotFound(f"no protocol of the library is called {name}; it has {', '.join(names())}")
    protocol = load_protocol(shipped.name)
    return ProtocolText(name=shipped.name, description=protocol.description, source=protocol.source)


@router.post("/check")
def check_text(request: CheckRequest, connection: ReadingConnection) -> CheckAnswer:
    """Everything that is wrong with a protocol text and that no cell could make right; with a cell, for that one."""
    cell = None if request.cell is None else known_cell(connection, request.cell)
    return check_answer(request.source, request.name, cell)


@router.post("/plan")
def preview_plan(request: PlanRequest, service: ServiceHere, connection: ReadingConnection) -> PlanAnswer:
    """What a protocol would do to a cell; with a bench also whether instrument and lab accept it."""
    protocol = known_protocol(connection, request.protocol, request.source)
    cell = requested_cell(request, connection)
    plan = compile_protocol(protocol, cell, request.parameters)
    watched: tuple[str, ...] = ()
    if request.bench is not None:
        target = find_target(service.lab, request.bench)
        able = AbleChannels(service.lab, service.cycler_for, connection)
        cycler = service.cycler_for(target.instrument)
        watched = prepare(plan, service.lab.limits, target, cycler, able).watched_by_service
    obstacle = (
        obstacle_to_launch(connection, service.lab, request.bench, cell.id) if request.bench and request.cell else None
    )
    return _answer(plan, watched, obstacle, service.now_unix_s(connection))


def _answer(plan: Plan, watched: tuple[str, ...], obstacle: str | None, now_unix_s: float) -> PlanAnswer:
    estimate = plan.estimate
    return PlanAnswer(
        protocol=plan.protocol,
        cell=plan.cell.id,
        estimate=PlanEstimate(
            duration_s=estimate.duration_s, records=estimate.records, cycles=estimate.cycles, bytes=estimate.bytes
        ),
        finish_unix_s=now_unix_s + estimate.duration_s,
        description=plan_lines(plan),
        warnings=list(plan.warnings),
        watched_by_service=list(watched),
        obstacle=obstacle,
        plan=dump_plan(plan),
    )
