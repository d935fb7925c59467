"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from orchestrator.web.pages import api_index, language_choice, login, word_list
from orchestrator.web.pages.alarms import routes as alarms

__all__ = ["pages"]


def pages() -> APIRouter:
    """One router with every page; none of them stands in the description of the API."""
    router = APIRouter(include_in_schema=False)
    for part in (
        alarms,
        api_index,
        language_choice,
        login,
        word_list,
    ):
        router.include_router(part.router)
    return router
