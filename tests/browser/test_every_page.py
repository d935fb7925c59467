"""What holds for every page there is: people log in, everybody can read it, and it fits onto a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.web.pages.frame import NAVIGATION
from tests.browser.accessibility import check_accessible, check_fits
from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import PASSWORD, BenchSettings, ServedBench
from tests.browser.site_walk import walk
from tests.browser.watch import Watch

BENCH = BenchSettings(cells=2, vsp=0, oven=True, login=True)
_PHONE = {"width": 375, "height": 800}
_DESK = {"width": 1280, "height": 800}


@pytest.fixture(scope="module", autouse=True)
def run_id(bench: ServedBench) -> int:
    """A run of which the pages show something."""
    run = bench.launch("formation", "L1", "A1")
    bench.wait_state(run, "running")
    return run


def test_logging_in_and_out(open_page: OpenPage, watch: Watch) -> None:
    watch.expect_errors("401")
    page = open_page("/runs")
    check_accessible(page)
    shot(page, "login")
    page.get_by_label("Name").fill("olga")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")

    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs")
    expect(page.locator("#connection")).to_have_class(re.compile("live"))
    page.get_by_role("link", name="olga").click()
    page.wait_for_url("**/me")  # loaded, with its scripts: a click before them is nobody's
    page.get_by_role("button", name="Log out").first.click()
    page.wait_for_url(re.compile("/login"))
    assert page.goto("/").url.partition("?")[0].endswith("/login")


@pytest.mark.timeout(400)  # it grows with the pages
def test_every_page_can_be_used_by_everybody(open_page: OpenPage) -> None:
    """Nothing serious for axe, light and dark; nothing wider than a phone; no page without its name."""
    page = open_page("/", person="adam")
    wrong: list[str] = []

    def look(path: str) -> None:
        name = "page" + re.sub(r"\W+", "-", path.rstrip("/"))
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            _note(wrong, path, colours, lambda: check_accessible(page))
            shot(page, f"{name}-{colours}")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(_PHONE)
        _note(wrong, path, "phone", lambda: check_fits(page))
        shot(page, f"{name}-phone", full=True)
        page.set_viewport_size(_DESK)
        _note(wrong, path, "title", lambda: _check_named(page))

    seen = walk(page, "/", look)
    assert not wrong, "\n".join(wrong)
    assert {link.path for link in NAVIGATION} <= set(seen)


def _note(wrong: list[str], path: str, what: str, check: Callable[[], None]) -> None:
    try:
        check()
    except AssertionError as error:
        wrong.append(f"{path} {what}: {error}")


def _check_named(page: Page) -> None:
    expect(page).to_have_title(re.compile(r"\S.* · test bench"))
    assert page.locator("h1").count() == 1, "not one heading of first rank"
