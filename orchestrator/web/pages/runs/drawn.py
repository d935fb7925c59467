"""Figures and report of a run, drawn by a child process."""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from orchestrator.report.wording import Wording
from orchestrator.web.drawing.content_version import content_version
from orchestrator.web.drawing.drawings import Drawings
from orchestrator.web.drawing.job import DrawingJob, Picture
from orchestrator.web.drawing.report_answer import report_answer
from orchestrator.web.pages.language import language_of
from orchestrator.web.refusal import NotFound
from orchestrator.web.routes.parameters import RunId
from orchestrator.web.run_rows import require_run
from orchestrator.web.service import Service, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/runs/{run_id}")
_PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "private, max-age=86400, immutable",  # its address has the version of what it shows
}
_Place = Annotated[int, Path(ge=1, le=100)]


class FigureLine(BaseModel):
    """One figure and where it is."""

    title: str
    caption: str
    address: str


@router.get("/figures")
async def get_figures(run_id: RunId, request: Request, service: ServiceHere) -> list[FigureLine]:
    """What can be drawn of a run."""
    pictures, version = await _pictures(run_id, request, service)
    folder = f"/runs/{run_id}/figures"
    return [
        FigureLine(title=one.title, caption=one.caption, address=f"{folder}/{place}.svg?version={version}")
        for place, one in enumerate(pictures, 1)
    ]


@router.get("/figures/{place}.svg")
async def get_figure(run_id: RunId, place: _Place, request: Request, service: ServiceHere) -> Response:
    """One of them."""
    pictures, _ = await _pictures(run_id, request, service)
    if place > len(pictures):
        raise NotFound(f"run {run_id} has no figure {place}; there are {len(pictures)}")
    return Response(pictures[place - 1].svg, media_type="image/svg+xml", headers=_PICTURE_HEADERS)


@router.get("/report")
@router.get("/report.html")
async def get_report(
    run_id: RunId, request: Request, service: ServiceHere, download: Annotated[bool, Query()] = False
) -> Response:
    """One HTML file that is complete in itself, as ``cellbench report`` writes it."""
    job, version = await anyio.to_thread.run_sync(_job, service, run_id, "report", language_of(request))
    return await report_answer(request, job, version, f"report-run-{run_id}.html" if download else None)


async def _pictures(run_id: int, request: Request, service: Service) -> tuple[list[Picture], str]:
    drawings: Drawings = request.app.state.drawings
    job, version = await anyio.to_thread.run_sync(_job, service, run_id, "figures", language_of(request))
    pictures = await drawings.ask(job, version)
    assert isinstance(pictures, list), "figures were asked for"  # noqa: S101 - true by construction
    return pictures, version


def _job(service: Service, run_id: int, what: Literal["figures", "report"], language: str) -> tuple[DrawingJob, str]:
    """The job, and a fingerprint of everything that its answer depends on. Raises NotFound."""
    with service.reading() as connection:
        require_run(connection, run_id)
        title = Wording(language).title((run_id,))
        job = DrawingJob(service.lab, (run_id,), title, what, service.now_unix_s(connection), language)
        return job, content_version(connection, (run_id,), what, language)
