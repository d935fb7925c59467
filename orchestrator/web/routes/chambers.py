"""Temperature chambers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection, select

from drivers.contracts import ChamberState
from orchestrator.run_state import RunState
from orchestrator.store.chamber_records import read_chamber
from orchestrator.store.chambers import ChamberRow, list_chambers
from orchestrator.store.tables import runs
from orchestrator.web.models.chamber import ChamberAnswer, ChamberRecords
from orchestrator.web.refusal import NotFound
from orchestrator.web.run_rows import ENDED
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/chambers", tags=["chambers"])

_DAY_S = 86_400.0
_LOOKS_MAX = 20_000
_SHOWN = ("native_state", "process_degC", "set_point_degC", "output_percent", "low_degC", "high_degC", "last_error")


@router.get("")
def get_chambers(service: ServiceHere, connection: ReadingConnection) -> list[ChamberAnswer]:
    """Every chamber of the lab file, what was last seen of it, who holds it and what that one waits for."""
    now_unix_s = service.now_unix_s(connection)
    known = {row.name: row for row in list_chambers(connection)}
    return [_answer(service, connection, name, known.get(name), now_unix_s) for name in service.lab.chambers]


@router.get("/{name}/records")
def get_chamber_records(
    name: str,
    service: ServiceHere,
    connection: ReadingConnection,
    start_unix_s: Annotated[float | None, Query(description="From this time on; a day before the end.")] = None,
    end_unix_s: Annotated[float | None, Query(description="Up to this time; now.")] = None,
    limit: Annotated[int, Query(ge=1, le=_LOOKS_MAX, description="At most so many, the earliest.")] = _LOOKS_MAX,
) -> ChamberRecords:
    """What a chamber measured, look by look."""
    if name not in service.lab.chambers:
        known = ", ".join(service.lab.chambers) or "none"
        raise NotFound(f"there is no chamber {name}; this lab has: {known}")
    end = service.now_unix_s(connection) if end_unix_s is None else end_unix_s
    columns = read_chamber(connection, name, end - _DAY_S if start_unix_s is None else start_unix_s, end, limit + 1)
    complete = len(columns["unix_time_s"]) <= limit
    return ChamberRecords(
        chamber=name,
        unix_time_s=columns["unix_time_s"][:limit].tolist(),
        process_degC=_numbers(columns["process_degC"][:limit].tolist()),
        set_point_degC=_numbers(columns["set_point_degC"][:limit].tolist()),
        output_percent=_numbers(columns["output_percent"][:limit].tolist()),
        complete=complete,
    )


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _answer(
    service: Service, connection: Connection, name: str, row: ChamberRow | None, now_unix_s: float
) -> ChamberAnswer:
    inside = connection.execute(
        select(runs.c.id, runs.c.state, runs.c.reason)
        .where(runs.c.chamber == name, runs.c.state.not_in(ENDED))
        .order_by(runs.c.id)
    ).all()
    facts: dict[str, Any] = {
        "name": name,
        "benches": [bench.name for bench in service.lab.benches_in(name)],
        "runs": [run.id for run in inside],
    }
    if row is None or row.seen_unix_s is None:
        error = row.last_error if row is not None else None
        return ChamberAnswer(**facts, state=ChamberState.UNKNOWN, stale=True, last_error=error)
    age_s = max(now_unix_s - row.seen_unix_s, 0.0)
    stale = age_s > max(service.lab.chambers[name].lost_after_s, service.lab.chambers[name].poll_s)
    facts |= {key: getattr(row, key) for key in _SHOWN}
    waits = next((run.reason for run in inside if run.state == RunState.WAITING), None)
    return ChamberAnswer(
        **facts,
        state=ChamberState.UNKNOWN if stale else row.state,
        alarms=row.alarms,
        seen_unix_s=row.seen_unix_s,
        age_s=age_s,
        stale=stale,
        holder=row.holder,
        waiting_for=waits if row.holder is not None else None,
    )
