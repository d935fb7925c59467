"""The page of the queue, through HTTP."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from orchestrator.store.prompts import raise_prompt
from orchestrator.store.tables import runs
from orchestrator.store.transactions import writing
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api
from tests.orchestrator.web.pages.test_cells_pages import text_of
from tests.orchestrator.web.test_web_queue import asked

HOSTILE = "<script>alert(1)<x>"


@pytest.fixture
def filled(api: Api) -> Api:
    """A run that runs and two that wait for it."""
    for protocol in ("formation", "rate-ladder", "gitt"):
        api.launch(("L1", "A1"), protocol=protocol)
    api.write(
        sa.update(runs).where(runs.c.id == 1).values(state="running"),
        sa.update(runs).where(runs.c.id > 1).values(reason="run 1 has the channel first"),
    )
    return api


def test_the_first_paint_has_the_order_the_reasons_and_the_calendar(filled: Api) -> None:
    page = text_of(filled, "/queue")

    assert re.findall(r'<tr id="run-(\d+)"', page) == ["1", "2", "3"]
    assert page.count("run 1 has the channel first") == 2
    assert re.findall(r'data-step="([^"]+)" data-kind="(\w+)"', page) == [
        ("formation", "begun"),
        ("rate-ladder", "queued"),
        ("gitt", "queued"),
    ]
    assert re.findall(r'id="(earlier-\d+|later-\d+)"', page) == ["earlier-2", "later-2", "earlier-3", "later-3"]


def test_its_parts_are_those_of_the_page(filled: Api) -> None:
    assert '<tr id="run-3"' in text_of(filled, "/queue/channels")
    assert 'data-step="gitt"' in text_of(filled, "/queue/forecast")
    assert text_of(filled, "/queue/prompts").strip() == ""


def test_nothing_waits(api: Api) -> None:
    page = text_of(api, "/queue")
    assert "Nothing waits on any channel." in page
    assert "Nothing is to come." in page


def test_what_a_person_is_to_do_stands_on_top(api: Api) -> None:
    asked(api)
    with writing(api.engine) as connection:
        connection.execute(sa.text("DELETE FROM prompts"))
        raise_prompt(connection, 1, 0, f"Fill {HOSTILE}", now=NOW)
    page = text_of(api, "/queue")

    assert page.index("Fill &lt;script&gt;alert(1)&lt;x&gt;") < page.index("What waits")
    assert HOSTILE not in page
    assert 'data-path="runs/1/confirm"' in page
