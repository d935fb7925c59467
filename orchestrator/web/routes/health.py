"""How the service is."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection, select

from orchestrator.config.lab import NODE
from orchestrator.store.chambers import ChamberRow, list_chambers
from orchestrator.store.disks import DiskRow, list_disks
from orchestrator.store.errors import StoreError
from orchestrator.store.node_status import NodeStatus, node_statuses
from orchestrator.store.tables import instruments, nodes
from orchestrator.store.upgrade import require_current, schema_version
from orchestrator.web.models.health import DiskHealth, Health, InstrumentHealth, NodeHealth
from orchestrator.web.models.messages import ReceiverAnswer
from orchestrator.web.outlet_view import outlets_now
from orchestrator.web.run_view import UNWATCHED_AFTER_S
from orchestrator.web.service import Service, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["health"])

_UNDRIVEN = "no node has driven it yet; start `cellbench node`"


@router.get("/health", responses={503: {"model": Health, "description": "Something is not well; the body says what."}})
def get_health(service: ServiceHere, response: Response) -> Health:
    """Database, schema, and for each instrument and chamber how long ago its node heard of it, in lab time."""
    health = _health(service)
    response.status_code = HTTPStatus.OK if health.ok else HTTPStatus.SERVICE_UNAVAILABLE
    return health


def _health(service: Service) -> Health:
    lab = service.lab
    version: str | None = None
    try:
        version = schema_version(service.database)
        require_current(service.database)
        with service.reading() as connection:
            now_unix_s = service.now_unix_s(connection)
            seen = _instruments(connection, service, now_unix_s)
            receivers = outlets_now(connection)
            nodes_seen, reports = node_statuses(connection)
            disks = [_disk(row) for row in list_disks(connection)]
    except StoreError as error:
        return _answer(service, 0.0, str(error), version, _Parts())
    for name in seen.keys() & reports.keys():
        seen[name].late_s = reports[name].late_s
    parts = _Parts(
        [seen[name] for name in (*lab.instruments, *lab.chambers)],
        receivers,
        [_node(one) for one in nodes_seen if one.node in (lab.nodes or (NODE,))],
        disks,
    )
    return _answer(service, now_unix_s, "ok", version, parts)


@dataclass(frozen=True)
class _Parts:
    """Everything that may be well or not, beside the database."""

    instruments: list[InstrumentHealth] = field(default_factory=list)
    receivers: list[ReceiverAnswer] = field(default_factory=list)
    nodes: list[NodeHealth] = field(default_factory=list)
    disks: list[DiskHealth] = field(default_factory=list)

    @property
    def well(self) -> bool:
        told = all(one.ok for one in self.receivers) and all(one.ok for one in self.nodes)
        room = all(one.level != "critical" for one in self.disks)
        return told and room and all(one.fresh for one in self.instruments)


def _answer(service: Service, now_unix_s: float, database: str, version: str | None, parts: _Parts) -> Health:
    return Health(
        ok=database == "ok" and parts.well,
        lab=service.lab.name,
        simulated=service.lab.simulated,
        now_unix_s=now_unix_s,
        database=database,
        schema_version=version,
        instruments=parts.instruments,
        nodes=parts.nodes,
        disks=parts.disks,
        receivers=parts.receivers,
    )


def _node(status: NodeStatus) -> NodeHealth:
    return NodeHealth(
        name=status.node,
        holder=status.holder,
        age_s=status.age_s,
        uptime_s=status.uptime_s,
        ready=status.ready,
        stuck=status.stuck,
        backlog=status.backlog,
        stalls=status.stalls,
        clock_jumps=status.clock_jumps,
        ok=status.ready and status.stuck is None and status.age_s <= UNWATCHED_AFTER_S,
    )


def _disk(row: DiskRow) -> DiskHealth:
    return DiskHealth(node=row.node, folder=row.folder, free_B=row.free_B, total_B=row.total_B, level=row.level)


def _instruments(connection: Connection, service: Service, now_unix_s: float) -> dict[str, InstrumentHealth]:
    known = {row.name: row for row in connection.execute(select(instruments))}
    holders = {row.instrument: row for row in connection.execute(select(nodes))}
    chambers = {row.name: row for row in list_chambers(connection)}
    health = {
        name: _instrument(name, place.lost_after_s, known.get(name), holders.get(name), now_unix_s)
        for name, place in service.lab.instruments.items()
    }
    for name, chamber in service.lab.chambers.items():
        health[name] = _chamber(name, chamber.lost_after_s, chambers.get(name), holders.get(name), now_unix_s)
    return health


def _instrument(name: str, lost_after_s: float, row: Any, holder: Any, now_unix_s: float) -> InstrumentHealth:
    if row is None:
        return _health_of(name, lost_after_s, None, False, _UNDRIVEN, holder, now_unix_s)
    return _health_of(name, lost_after_s, row.last_seen_unix_s, bool(row.connected), row.last_error, holder, now_unix_s)


def _chamber(
    name: str, lost_after_s: float, row: ChamberRow | None, holder: Any, now_unix_s: float
) -> InstrumentHealth:
    if row is None:
        return _health_of(name, lost_after_s, None, False, _UNDRIVEN, holder, now_unix_s)
    answers = row.seen_unix_s is not None and row.last_error is None
    return _health_of(name, lost_after_s, row.seen_unix_s, answers, row.last_error, holder, now_unix_s)


def _health_of(
    name: str,
    lost_after_s: float,
    seen_unix_s: float | None,
    connected: bool,
    last_error: str | None,
    holder: Any,
    now_unix_s: float,
) -> InstrumentHealth:
    # one from a time to come was written before a clock was set back: nobody knows how old it is
    age_s = abs(now_unix_s - seen_unix_s) if seen_unix_s is not None else None
    return InstrumentHealth(
        name=name,
        connected=connected,
        age_s=age_s,
        node=holder.holder if holder is not None else None,
        node_age_s=max(now_unix_s - holder.renewed_unix_s, 0.0) if holder is not None else None,
        last_error=last_error,
        fresh=age_s is not None and age_s <= lost_after_s,
    )
