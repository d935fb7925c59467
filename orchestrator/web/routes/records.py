"""Records and cycles of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from orchestrator.store.tables import cycles
from orchestrator.store.windows import record_window
from orchestrator.web.models.records import CycleAnswer, RecordsAnswer
from orchestrator.web.plain_columns import plain
from orchestrator.web.record_stream import StreamFormat, record_bytes, spans
from orchestrator.web.refusal import WebRefused
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import require_run
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/runs/{run_id}", tags=["records"])
_RECORDS_MAX = 200_000
_TIME_MAX_S = 1e12

_Start = Annotated[
    float, Query(ge=-_TIME_MAX_S, le=_TIME_MAX_S, allow_inf_nan=False, description="First test time in seconds.")
]
_End = Annotated[
    float, Query(ge=-_TIME_MAX_S, le=_TIME_MAX_S, allow_inf_nan=False, description="Last test time in seconds.")
]
_Buckets = Annotated[
    int | None, Query(ge=1, le=20_000, description="Decimate to about so many minima and maxima; left out: whole.")
]


@router.get("/records", response_model=RecordsAnswer)
def get_records(
    run_id: RunId,
    connection: ReadingConnection,
    start_s: _Start = -_TIME_MAX_S,
    end_s: _End = _TIME_MAX_S,
    buckets: _Buckets = None,
) -> Response:
    """Records with ``start_s <= test time <= end_s`` as columns, whole or decimated."""
    require_run(connection, run_id)
    if buckets is None:
        count = sum(len(span) for span in spans(connection, run_id, start_s, end_s))
        if count > _RECORDS_MAX:
            raise WebRefused(
                f"the window holds {count} records, more than {_RECORDS_MAX}; narrow it with start_s and end_s, "
                f"decimate it with buckets, or stream /api/v1/runs/{run_id}/records.csv or .arrow"
            )
    columns = record_window(connection, run_id, start_s, end_s, buckets=buckets)
    answer = {
        "run_id": run_id,
        "decimated": buckets is not None,
        "rows": len(next(iter(columns.values()))),
        "columns": {name: plain(column) for name, column in columns.items()},
    }
    return Response(json.dumps(answer, allow_nan=False, separators=(",", ":")), media_type="application/json")


@router.get(
    "/records.{file_format}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}, "application/vnd.apache.arrow.stream": {}}, "description": "Records."}
    },
)
def stream_records(
    run_id: RunId,
    file_format: StreamFormat,
    service: ServiceHere,
    start_s: _Start = -_TIME_MAX_S,
    end_s: _End = _TIME_MAX_S,
) -> StreamingResponse:
    """Records with ``start_s <= test time <= end_s``, however many, as CSV or as an Arrow IPC stream."""
    with service.reading() as connection:
        require_run(connection, run_id)
    media_type = "text/csv" if file_format == "csv" else "application/vnd.apache.arrow.stream"
    name = f'attachment; filename="run-{run_id}.{file_format}"'
    content = _stream(service, run_id, file_format, start_s, end_s)
    return StreamingResponse(content, media_type=media_type, headers={"Content-Disposition": name})


@router.get("/cycles")
def get_cycles(run_id: RunId, connection: ReadingConnection) -> list[CycleAnswer]:
    """Cycles of a run, from the instrument's own counters."""
    require_run(connection, run_id)
    columns = [cycles.c[name] for name in CycleAnswer.model_fields]
    query = select(*columns).where(cycles.c.run_id == run_id).order_by(cycles.c.cycle)
    return [CycleAnswer(**row._asdict()) for row in connection.execute(query)]


def _stream(service: Service, run_id: int, file_format: StreamFormat, start_s: float, end_s: float) -> Iterator[bytes]:
    with service.reading() as connection:
        yield from record_bytes(connection, spans(connection, run_id, start_s, end_s), file_format)
