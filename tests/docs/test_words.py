"""The catalogues of the pages are whole: every text is translated, and what the service reads is compiled from it."""

from __future__ import annotations

import gettext
from io import BytesIO

import pytest

from drivers.contracts import ChamberState, ChannelState
from orchestrator.people.role import ROLES
from orchestrator.run_state import RunState
from orchestrator.store.campaign_tables import CAMPAIGN_STATES, JOB_STATES
from orchestrator.web.bench.notes import SENTENCES
from orchestrator.web.pages.language import LANGUAGES
from orchestrator.web.pages.words import WORDS
from tests.docs.words import (
    FOUND,
    Texts,
    is_translated,
    languages,
    messages,
    mo_bytes,
    placeholders,
    po_path,
    read_catalogue,
)

_AGAIN = "run `python -m tests.docs.words`, translate what is new, and run it again"


@pytest.fixture(scope="module", params=sorted(FOUND))
def catalogue(request: pytest.FixtureRequest) -> tuple[str, Texts]:
    """Its name, and the texts that there are."""
    return request.param, FOUND[request.param]()


def test_the_pages_offer_the_languages_that_there_are() -> None:
    assert {"en", *languages()} == set(LANGUAGES)


@pytest.mark.parametrize("language", languages())
def test_every_text_is_translated_and_nothing_is_left_over(language: str, catalogue: tuple[str, Texts]) -> None:
    name, found = catalogue
    translated = {message.id for message in messages(read_catalogue(language, name)) if is_translated(message)}

    assert {text: found[text] for text in found if text not in translated} == {}, _AGAIN
    assert translated - found.keys() == set(), _AGAIN


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", sorted(FOUND))
def test_a_translation_fills_in_the_same(language: str, name: str) -> None:
    wrong = [
        message.id
        for message in messages(read_catalogue(language, name))
        if not _may_be_left_out(placeholders(message.id) ^ placeholders(message.string)) or message.fuzzy
    ]

    assert wrong == []


def _may_be_left_out(differing: set[str]) -> bool:
    """An ending such as ``{s_or_nothing}``, for which another language has no use."""
    return all("_or_" in one for one in differing)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", sorted(FOUND))
def test_the_compiled_catalogue_is_that_of_the_text(language: str, name: str) -> None:
    committed = _words(po_path(language, name).with_suffix(".mo").read_bytes())

    assert committed == _words(mo_bytes(read_catalogue(language, name))), _AGAIN


def test_states_and_roles_are_among_the_words() -> None:
    kinds = (
        RunState,
        ChannelState,
        ChamberState,
        ROLES,
        CAMPAIGN_STATES,
        JOB_STATES,
        SENTENCES,
        ("warning", "critical"),
    )
    shown = {str(word) for kind in kinds for word in kind}

    assert shown - WORDS == set()


def _words(compiled: bytes) -> dict[object, str]:
    """Without the header, in which babel names its own version."""
    catalogue = vars(gettext.GNUTranslations(BytesIO(compiled)))["_catalog"]
    return {text: string for text, string in catalogue.items() if text}
