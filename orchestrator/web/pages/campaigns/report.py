"""The report of a campaign: every run that it has launched, as ``cellbench report --campaign`` writes it."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from orchestrator.report.wording import Wording
from orchestrator.store.campaigns import run_ids
from orchestrator.web.campaign_view import require_campaign
from orchestrator.web.drawing.content_version import content_version
from orchestrator.web.drawing.job import DrawingJob
from orchestrator.web.drawing.report_answer import report_answer
from orchestrator.web.pages.language import language_of
from orchestrator.web.refusal import NotFound
from orchestrator.web.routes.parameters import CampaignId
from orchestrator.web.service import Service, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.get("/report")
@router.get("/report.html")
async def get_report(
    campaign_id: CampaignId, request: Request, service: ServiceHere, download: Annotated[bool, Query()] = False
) -> Response:
    """Figures and values of all of its runs, drawn by a child process."""
    job, version = await anyio.to_thread.run_sync(_job, service, campaign_id, language_of(request))
    name = f"report-campaign-{campaign_id}.html" if download else None
    return await report_answer(request, job, version, name)


def _job(service: Service, campaign_id: int, language: str) -> tuple[DrawingJob, str]:
    with service.reading() as connection:
        row = require_campaign(connection, campaign_id)
        launched = tuple(run_ids(connection, campaign_id))
        if not launched:
            raise NotFound(f"campaign {campaign_id} has launched no run yet: {row.reason or row.state}")
        title = Wording(language).campaign_title(campaign_id, row.name)
        job = DrawingJob(service.lab, launched, title, "report", service.now_unix_s(connection), language)
        return job, content_version(connection, launched, "report", language)
