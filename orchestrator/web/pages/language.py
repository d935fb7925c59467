"""In which language a page speaks: what the person chose, else what the browser asks for."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

__all__ = ["LANGUAGES", "LANGUAGE_COOKIE", "language_of", "words_of"]

LANGUAGES = {"en": "English", "zh": "中文"}
LANGUAGE_COOKIE = "cellbench_language"
_FOLDER = Path(__file__).parents[1] / "locale"


def language_of(request: HTTPConnection) -> str:
    """``en`` or ``zh``."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


@cache
def words_of(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English is what the pages are written in."""
    return gettext.translation("cellbench", _FOLDER, [language], fallback=True)
