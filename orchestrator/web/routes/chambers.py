"""Temperature chambers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query

from orchestrator.store.chamber_records import read_chamber
from orchestrator.web.chamber_view import chamber_answers
from orchestrator.web.models.chamber import ChamberAnswer, ChamberRecords
from orchestrator.web.refusal import NotFound
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/chambers", tags=["chambers"])

_DAY_S = 86_400.0
_LOOKS_MAX = 20_000


@router.get("")
def get_chambers(service: ServiceHere, connection: ReadingConnection) -> list[ChamberAnswer]:
    """Every chamber of the lab file, what was last seen of it, who holds it and what that one waits for."""
    return chamber_answers(connection, service.lab, service.now_unix_s(connection))


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
