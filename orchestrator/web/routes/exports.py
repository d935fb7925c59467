"""A run as files, in one ZIP."""

from __future__ import annotations

import shutil
import tempfile
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Literal
from zipfile import ZIP_STORED, ZipFile

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from orchestrator.web.refusal import WebRefused
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import require_run
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
    responses={200: {"content": {"application/zip": {}}, "description": "The files of this format in one ZIP."}},
)
def export(
    run_id: RunId,
    service: ServiceHere,
    file_format: Annotated[ExportFormat, Query(alias="format", description=_FORMATS)] = "csv",
) -> FileResponse:
    """A run as files; a run that goes on is exported as far as it is stored."""
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
    return FileResponse(archive, media_type="application/zip", filename=archive.name, background=clean_up)


def _write(service: Service, run_id: int, file_format: ExportFormat, folder: Path) -> Path:
    from orchestrator.export.formats import export_files  # noqa: PLC0415 - pandas, only for those who export

    with service.reading() as connection:
        require_run(connection, run_id)
        files = export_files(connection, run_id, folder, file_format)
    archive = folder / f"run-{run_id}.zip"
    with ZipFile(archive, "w", ZIP_STORED) as zipped:
        for file in files:
            zipped.write(file, file.name)
            file.unlink()
    return archive
