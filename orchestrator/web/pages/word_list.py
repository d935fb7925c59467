"""What scripts say, in the language of the page."""

from __future__ import annotations

from fastapi import APIRouter, Response

from orchestrator.web.pages.language import LANGUAGES, words_of
from orchestrator.web.refusal import NotFound

__all__ = ["router"]

router = APIRouter()


@router.get("/words/{language}.json")
def get_words(language: str, response: Response) -> dict[str, str]:
    """English text and what stands for it."""
    if language not in LANGUAGES:
        raise NotFound(f"the pages speak {', '.join(LANGUAGES)}")
    response.headers["Cache-Control"] = "private, max-age=300"
    catalogue: dict[object, str] = getattr(words_of(language), "_catalog", {})
    return {key: text for key, text in catalogue.items() if isinstance(key, str) and key}
