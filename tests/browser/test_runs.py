"""The page of a run in a browser: a million records, orders with their reasons, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from benchmarks.long_run import write_long_run, write_records
from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import BenchSettings, ServedBench

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

BENCH = BenchSettings(cells=1, node=False)
RECORDS = 1_000_000
HOSTILE = "<script>document.title = 'gone'</script>"
_MEASURED = "([name]) => performance.getEntriesByName(name).length"


@pytest.fixture(scope="module")
def run_id(bench: ServedBench) -> int:
    number = bench.launch("cycling-2c-500", "L1", "A1")
    write_long_run(bench.virtual.engine, number, RECORDS)
    return number


def drag(page: Page, low: float, high: float) -> None:
    """Over the uppermost panel, from one part of its width to another."""
    place = page.locator("#plots .u-over").first.bounding_box()
    assert place is not None
    middle = place["y"] + place["height"] / 2
    page.mouse.move(place["x"] + low * place["width"], middle)
    page.mouse.down()
    page.mouse.move(place["x"] + high * place["width"], middle, steps=3)
    page.mouse.up()


def test_a_zoom_asks_for_its_window_and_two_clicks_lead_back(open_page: OpenPage, run_id: int) -> None:
    page = open_page(f"/runs/{run_id}")
    asked: list[dict[str, list[str]]] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).path.endswith("/records"):
            asked.append(parse_qs(urlsplit(request.url).query))

    page.on("request", note)
    told = page.locator("#plot-window")
    expect(told).to_contain_text("1,000,000 records")
    shot(page, "run-of-a-million-records")

    page.uncheck("#follow-end")
    drag(page, 0.5, 0.51)
    expect(told).not_to_contain_text("256th")  # a hundredth of the records: every one of them is drawn
    start_s, end_s = (float(asked[-1][name][0]) for name in ("start_s", "end_s"))
    assert 0.009 < (end_s - start_s) / (10 * RECORDS) < 0.011
    assert page.evaluate(_MEASURED, ["zoom drawn"]) == 1
    shot(page, "run-zoomed")

    page.locator("#plots .u-over").first.dblclick()
    expect(told).to_contain_text("1,000,000 records")
    assert asked[-1].keys() == {"buckets"}


def test_while_the_end_is_followed_only_the_new_tail_is_asked_for(
    open_page: OpenPage, bench: ServedBench, run_id: int
) -> None:
    page = open_page(f"/runs/{run_id}")
    expect(page.locator("#plot-window")).to_contain_text("records")
    expect(page.locator("#connection")).to_have_class("connection live")
    with page.expect_request(lambda request: "/records?" in request.url) as asked:
        write_records(bench.virtual.engine, run_id, RECORDS + 1, RECORDS + 50)
    expect(page.locator("#plot-window")).to_contain_text("1,000,05")

    query = parse_qs(urlsplit(asked.value.url).query)
    assert float(query["start_s"][0]) == 10.0 * RECORDS


def test_an_order_says_why_not_a_stop_says_what_it_ends_and_a_note_is_text(
    open_page: OpenPage, bench: ServedBench, run_id: int
) -> None:
    page = open_page(f"/runs/{run_id}")
    expect(page.locator("#connection")).to_have_class("connection live")
    page.get_by_role("button", name="Resume").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#order-said")).to_have_text("Nothing holds this run: it goes on by itself.")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.fill("#note-form input", HOSTILE)
    page.get_by_role("button", name="Add note").click()
    note = page.get_by_role("dialog")
    note.get_by_label("Your name").fill("anna")
    note.get_by_role("button", name="Add note").click()
    expect(page.locator("#marks")).to_contain_text(HOSTILE)

    page.get_by_role("button", name="Stop this run").click()
    question = page.get_by_role("dialog")
    for text in (f"Stop run {run_id}?", "Cell L1", "Elapsed:", "Left, about:"):
        expect(question).to_contain_text(text)
    shot(page, "run-stop-question")
    question.get_by_role("button", name="Cancel").click()
    assert bench.http.get(f"runs/{run_id}").json()["desired"] == "run"
    page.get_by_role("button", name="Stop this run").click()
    question.get_by_label("Reason").fill("cell is needed elsewhere")
    question.get_by_role("button", name="Stop this run").click()
    expect(page.locator("#order-said")).to_contain_text("stop requested")
    assert bench.http.get(f"runs/{run_id}").json()["desired"] == "stop"
    expect(page.locator("#why-pause")).to_have_text("This run is being stopped.")
