"""The phrasebook of a language, as its catalogue has it."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from orchestrator.web.pages.language import words_of
from orchestrator.web.sentences.phrasebook import Phrasebook

__all__ = ["book_of", "sentences_of"]

_FOLDER = Path(__file__).parents[1] / "locale"


@cache
def book_of(language: str) -> Phrasebook:
    """Of English it is empty: what was said stays as it is."""
    return Phrasebook(sentences_of(language), words_of(language).gettext)


def sentences_of(language: str) -> dict[str, str]:
    """English patterns and what stands for them."""
    catalogue = gettext.translation("sentences", _FOLDER, [language], fallback=True)
    texts: dict[object, str] = getattr(catalogue, "_catalog", {})
    return {key: text for key, text in texts.items() if isinstance(key, str) and key and text}
