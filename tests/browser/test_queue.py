"""The queue and campaigns in a browser: order by keyboard, prompts by barcode, the calendar, a campaign from a text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import check_accessible
from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import BenchSettings, ServedBench
from tests.browser.watch import Watch

BENCH = BenchSettings(cells=3)
ASKS = """\
cellbench: 1
protocol: asks
limits: {voltage: [-0.05 V, 3.0 V], current: 5 mA}
steps: [{prompt: Close the clip}, {rest: 1000 h}]
"""
CAMPAIGN = """\
cellbench_campaign: 1
campaign: one-cell
cells: [L3]
benches: {neware: [A3]}
steps:
  - {name: put-in, prompt: "Put {cell} into {bench}", to: neware}
  - {name: formation, protocol: formation, on: neware}
"""


@pytest.fixture(scope="module", autouse=True)
def waiting(bench: ServedBench) -> list[int]:
    """Three runs on one channel, the first of which runs; a run that asks a person."""
    runs = [bench.launch(name, "L1", "A1") for name in ("formation", "rate-ladder", "gitt")]
    bench.wait_state(runs[0], "running")
    asks = bench.launch("asks.yaml", "L2", "A2", source=ASKS)
    bench.wait_state(asks, "waiting")
    return [*runs, asks]


def _as_anna(page: Page) -> None:
    page.evaluate("localStorage.setItem('actor', 'anna')")
    page.reload()


def _order(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('tr[data-place=A1]')].map((row) => row.dataset.run)")


def test_the_order_is_changed_by_keyboard_and_by_buttons(open_page: OpenPage, watch: Watch, waiting: list[int]) -> None:
    watch.expect_errors("409")
    first, second, third, _ = (str(run) for run in waiting)
    page = open_page("/queue")
    _as_anna(page)
    assert _order(page) == [first, second, third]
    page.locator(f"#run-{third}").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#said")).to_have_text(f"run {third} now comes before run {second}")
    expect(page.locator(f"#run-{third} + #run-{second}")).to_be_visible()
    expect(page.locator(f"#run-{third}")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(f"#run-{third} .problem")).to_contain_text("cannot be passed")

    page.get_by_role("button", name=f"Move run {third} later").click()
    expect(page.locator(f"#run-{second} + #run-{third}")).to_be_visible()
    page.get_by_role("button", name=f"Take run {third} out of the queue").click()
    page.get_by_role("dialog").get_by_role("button", name="Take out").click()
    expect(page.locator(f"#run-{third}")).to_have_count(0)
    assert _order(page) == [first, second]


def test_a_prompt_takes_the_barcode_of_its_cell_and_the_calendar_shows_what_follows(
    open_page: OpenPage, watch: Watch, waiting: list[int]
) -> None:
    watch.expect_errors("409")
    page = open_page("/queue")
    _as_anna(page)
    prompt = page.locator("section.prompt", has_text="Close the clip")
    scan = prompt.get_by_label("scan the cell's barcode")
    scan.fill("L9")
    scan.press("Enter")
    expect(prompt.get_by_role("alert")).to_have_text(
        f"L9 is not the cell of run {waiting[3]} (L2); nothing was confirmed: scan the right one"
    )
    bars = page.locator("#calendar .line .bar")
    expect(bars.first).to_contain_text("L1 formation")
    page.get_by_role("button", name="Day", exact=True).click()
    expect(page.get_by_role("button", name="Day", exact=True)).to_have_attribute("aria-pressed", "true")
    check_accessible(page)
    shot(page, "queue", full=True)

    scan.fill("L2")
    scan.press("Enter")
    expect(prompt).to_have_count(0)


def test_a_campaign_is_checked_and_handed_in_and_asks_for_its_cell(open_page: OpenPage) -> None:
    page = open_page("/campaigns/new")
    _as_anna(page)
    page.get_by_label("Its text").fill(CAMPAIGN.replace("on: neware", "on: newar"))
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="line 7").click()
    assert page.evaluate("source.value.slice(source.selectionStart, source.selectionEnd)").startswith("  - {name: form")
    expect(page.get_by_role("button", name="Start the campaign")).to_be_disabled()

    page.get_by_label("Its text").fill(CAMPAIGN)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#result")).to_contain_text("It can be started")
    expect(page.locator("#calendar .line .bar")).to_have_count(2)
    page.get_by_role("button", name="Start the campaign").click()
    page.get_by_role("dialog").get_by_role("button", name="Start the campaign").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    prompt = page.locator("section.prompt", has_text="Put L3 into A3")
    prompt.get_by_label("scan the cell's barcode").fill("L3")
    prompt.get_by_role("button", name="Confirm").click()
    expect(page.locator("table.jobs .badge.done")).to_be_visible()
    check_accessible(page)
    shot(page, "campaign", full=True)
