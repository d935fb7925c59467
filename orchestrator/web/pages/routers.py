"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from orchestrator.web.pages import api_index, language_choice, login, word_list
from orchestrator.web.pages.alarms import routes as alarms
from orchestrator.web.pages.bench import routes as bench
from orchestrator.web.pages.campaigns import report as campaign_report
from orchestrator.web.pages.campaigns import routes as campaigns
from orchestrator.web.pages.cells import routes as cells
from orchestrator.web.pages.people import routes as people
from orchestrator.web.pages.protocols import routes as protocols
from orchestrator.web.pages.queue import routes as queue
from orchestrator.web.pages.runs import routes as runs
from orchestrator.web.pages.start import routes as start

__all__ = ["pages"]


def pages() -> APIRouter:
    """One router with every page; none of them stands in the description of the API."""
    router = APIRouter(include_in_schema=False)
    for part in (
        alarms,
        api_index,
        bench,
        campaign_report,
        campaigns,
        cells,
        language_choice,
        login,
        queue,
        protocols,
        runs,
        start,
        people,
        word_list,
    ):
        router.include_router(part.router)
    return router
