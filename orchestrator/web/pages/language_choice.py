"""Choosing the language of the pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse

from orchestrator.web.pages.language import LANGUAGE_COOKIE, LANGUAGES
from orchestrator.web.pages.local_path import local_path
from orchestrator.web.refusal import NotFound

__all__ = ["router"]

router = APIRouter()
_YEAR_s = 365 * 86_400


@router.get("/language/{language}")
def choose_language(language: str, back: Annotated[str, Query(max_length=500)] = "/") -> RedirectResponse:
    """Remember a language in a cookie, and go back to the page."""
    if language not in LANGUAGES:
        raise NotFound(f"the pages speak {', '.join(LANGUAGES)}")
    answer = RedirectResponse(local_path(back), HTTPStatus.SEE_OTHER)
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_s, samesite="strict")
    return answer
