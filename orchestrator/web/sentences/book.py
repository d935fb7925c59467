"""The phrasebook of a language, as its catalogue has it."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from orchestrator.web.pages.language import words_of
from orchestrator.web.sentences.phrasebook import Phrasebook

__all__ = ["book_of", "result_book_of", "sentences_of"]

_FOLDER = Path(__file__).parents[1] / "locale"


@cache
def book_of(language: str) -> Phrasebook:
    """Of English it is empty: what was said stays as it is."""
    return Phrasebook(sentences_of(language), words_of(language).gettext)


@cache
def result_book_of(language: str) -> Phrasebook:
    """The same for what analyses call, note and warn of: labels of people's own may stand in all of it."""
    return Phrasebook(
        sentences_of(language) | sentences_of(language, "results"), words_of(language).gettext, free_from=1
    )


def sentences_of(language: str, name: str = "sentences") -> dict[str, str]:
    """English patterns and what stands for them."""
    catalogue = gettext.translation(name, _FOLDER, [language], fallback=True)
    texts: dict[object, str] = getattr(catalogue, "_catalog", {})
    return {key: text for key, text in texts.items() if isinstance(key, str) and key and text}
