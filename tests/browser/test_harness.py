"""What the harness promises to the other tests: no page is excused."""

from __future__ import annotations

import pytest

from tests.browser.accessibility import check_accessible, check_fits
from tests.browser.open_page import OpenPage
from tests.browser.served_bench import BenchSettings
from tests.browser.watch import Watch

BENCH = BenchSettings(cells=1, node=False)
ELSEWHERE = ("elsewhere.example/x", "elsewhere.example/y", "elsewhere.example/z")


def test_whatever_a_page_does_wrong_is_noticed(open_page: OpenPage, watch: Watch) -> None:
    page = open_page("/api")
    assert watch.wrong() == []

    page.evaluate("console.error('it hurts')")
    page.evaluate("setTimeout(() => { throw new Error('it broke'); })")
    page.evaluate("fetch('/api/v1/runs/999')")
    page.evaluate("fetch('http://elsewhere.example/x').catch(() => null)")
    page.evaluate("void new WebSocket('ws://elsewhere.example/y')")
    page.evaluate("void window.open('http://elsewhere.example/z')")
    page.wait_for_timeout(300)
    told = "\n".join(watch.wrong())
    for one in ("it hurts", "it broke", "runs/999", *ELSEWHERE):
        assert one in told

    watch.expect_errors("")
    told = "\n".join(watch.wrong())
    assert "it hurts" not in told
    for one in ELSEWHERE:
        assert one in told, "what goes elsewhere is never excused"
    watch.forget()


def test_what_keeps_people_out_is_noticed(open_page: OpenPage) -> None:
    page = open_page("/api", width=375)
    page.evaluate("document.querySelector('main').innerHTML = '<input>'")
    with pytest.raises(AssertionError, match="label"):
        check_accessible(page)
    page.evaluate("document.querySelector('main').innerHTML = '<pre>" + "wide" * 100 + "</pre>'")
    with pytest.raises(AssertionError, match="widewide"):
        check_fits(page)
