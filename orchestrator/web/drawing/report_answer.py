"""A report as an answer to a browser: drawn when what it shows has changed, and allowed to run nothing."""

from __future__ import annotations

from fastapi import Request, Response

from orchestrator.web.drawing.drawings import Drawings
from orchestrator.web.drawing.job import DrawingJob
from orchestrator.web.entity_tag import tag_headers, unchanged

__all__ = ["report_answer"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


async def report_answer(request: Request, job: DrawingJob, version: str, file_name: str | None) -> Response:
    """One HTML file that is complete in itself, as ``cellbench report`` writes it; with a name, to be kept as a file.

    Raises WebRefused where it cannot be drawn now.
    """
    kept = unchanged(request, version)
    if kept is not None:
        return kept
    drawings: Drawings = request.app.state.drawings
    text = await drawings.ask(job, version)
    headers = {"Content-Security-Policy": _POLICY, "Vary": "Accept-Language, Cookie"} | tag_headers(version)
    if file_name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return Response(text, media_type="text/html; charset=utf-8", headers=headers)
