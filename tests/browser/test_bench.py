"""The bench in a browser: values that change by themselves, keys, the filter in the address, and nothing old as new."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import BenchSettings, ServedBench

BENCH = BenchSettings(cells=3)


@pytest.fixture(scope="module")
def run_id(bench: ServedBench) -> int:
    run = bench.launch("formation", "L1", "A1")
    bench.wait_state(run, "running")
    return run


def card(page: Page, name: str) -> str:
    """Selector of the card of a bench."""
    return f"#channels > li:has(a.channel-name:text-is('{name}'))"


def test_a_card_changes_by_itself_and_its_age_ticks(open_page: OpenPage, run_id: int) -> None:
    page = open_page("/")
    first = page.locator(card(page, "A1"))
    expect(first.locator(".channel-state")).to_have_text("running")
    expect(first).to_contain_text("L1")
    expect(first).to_contain_text("cycle 1 of 5")
    before = first.locator(".age").get_attribute("data-seen")
    page.wait_for_function(
        "([key, before]) => document.querySelector(`[data-key='${key}'] .age`).dataset.seen !== before",
        arg=[first.get_attribute("data-key"), before],
    )
    age = first.locator(".age").inner_text()
    expect(first.locator(".age")).not_to_have_text(age)
    shot(page, "bench")


def test_arrows_enter_and_find(open_page: OpenPage, run_id: int) -> None:
    page = open_page("/")
    page.keyboard.press("/")
    expect(page.locator("#bench-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("a.channel-name").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("a.channel-name").nth(1)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("from channel to channel")
    page.keyboard.press("Escape")

    page.locator("#bench-text").fill("L1")
    expect(page.locator("#channels > li:visible")).to_have_count(1)
    assert page.url.endswith("/?q=L1")
    page.reload()
    expect(page.locator("#channels > li:visible")).to_have_count(1)
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/runs/{run_id}$"))


def test_a_card_of_a_frozen_node_says_unknown_and_comes_back(
    bench: ServedBench, open_page: OpenPage, run_id: int
) -> None:
    page = open_page("/", width=375, dark=True)
    state = page.locator(card(page, "A1")).locator(".channel-state")
    expect(state).to_have_text("running")
    bench.freeze_node()
    try:
        expect(state).to_have_text("unknown", timeout=11_000)
        shot(page, "bench-node-frozen")
    finally:
        bench.thaw_node()
    expect(state).to_have_text("running")
