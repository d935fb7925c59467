"""A run as files, in one ZIP: of a run that has ended the same bytes each time, until something in it changes."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Literal
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import Connection, select
from starlette.background import BackgroundTask

from orchestrator.store.tables import runs
from orchestrator.web.entity_tag import tag_headers, unchanged
from orchestrator.web.refusal import WebRefused
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import ENDED, require_run
from orchestrator.web.service import Service, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["exports"])
ExportFormat = Literal["csv", "parquet", "spectra", "mpt"]
_FORMATS = (
    "csv, parquet: records in the Battery Data Format, cycles, metadata; spectra: a CSV for each impedance spectrum; "
    "mpt: EC-Lab text of the records and of each spectrum."
)
_EXPORTS_MAX = 2
_under_way = BoundedSemaphore(_EXPORTS_MAX)


class _Busy(WebRefused):
    status = HTTPStatus.SERVICE_UNAVAILABLE


@router.get(
    "/runs/{run_id}/export",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/zip": {}}, "description": "The files of this format in one ZIP."},
        304: {"description": "The same as what `If-None-Match` names."},
    },
)
def export(
    run_id: RunId,
    request: Request,
    service: ServiceHere,
    file_format: Annotated[ExportFormat, Query(alias="format", description=_FORMATS)] = "csv",
) -> Response:
    """A run as files; a run that goes on is exported as far as it is stored, one that has ended carries an `ETag`."""
    with service.reading() as connection:
        version = _version(connection, run_id, file_format)
    kept = unchanged(request, version) if version is not None else None
    if kept is not None:
        return kept
    if not _under_way.acquire(blocking=False):
        raise _Busy(f"{_EXPORTS_MAX} exports are under way; try again when one is done")
    folder = Path(tempfile.mkdtemp(prefix="cellbench-export-"))
    try:
        archive = _write(service, run_id, file_format, folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    finally:
        _under_way.release()
    clean_up = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    headers = tag_headers(version) if version is not None else None
    return FileResponse(
        archive, media_type="application/zip", filename=archive.name, headers=headers, background=clean_up
    )


def _version(connection: Connection, run_id: int, file_format: ExportFormat) -> str | None:
    """Of the files of a run that has ended; None: it goes on, and so do they."""
    from orchestrator.export.export_version import export_version  # noqa: PLC0415 - pandas, as below

    require_run(connection, run_id)
    state = connection.execute(select(runs.c.state).where(runs.c.id == run_id)).scalar_one()
    return export_version(connection, run_id, file_format) if state in ENDED else None


def _write(service: Service, run_id: int, file_format: ExportFormat, folder: Path) -> Path:
    from orchestrator.export.formats import export_files  # noqa: PLC0415 - pandas, only for those who export

    with service.reading() as connection:
        ended = connection.execute(select(runs.c.finished_unix_s).where(runs.c.id == run_id)).scalar()
        files = export_files(connection, run_id, folder, file_format)
    archive = folder / f"run-{run_id}.zip"
    with ZipFile(archive, "w", ZIP_STORED) as zipped:
        for file in files:
            _pack(zipped, file, ended)
            file.unlink()
    return archive


def _pack(zipped: ZipFile, file: Path, ended_unix_s: float | None) -> None:
    """Dated with the run's end: with the moment of the export, no two archives would be the same."""
    packed = ZipInfo.from_file(file, file.name, strict_timestamps=False)
    if ended_unix_s is not None:
        packed.date_time = datetime.fromtimestamp(ended_unix_s, UTC).timetuple()[:6]
    with file.open("rb") as source, zipped.open(packed, "w") as target:
        shutil.copyfileobj(source, target)
