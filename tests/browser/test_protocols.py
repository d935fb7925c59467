"""Protocols in a browser: what is wrong stands at its line, versions are kept, and two people hear of each other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.accessibility import check_accessible, check_fits
from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import BenchSettings, ServedBench
from tests.browser.watch import Watch

BENCH = BenchSettings(cells=1)


def _change(page: Page, old: str, new: str) -> None:
    """Select a piece of the text, and type over it."""
    page.evaluate(
        """old => {
          const area = document.getElementById("source");
          const start = area.value.indexOf(old);
          area.focus();
          area.setSelectionRange(start, start + old.length);
        }""",
        old,
    )
    page.keyboard.type(new)


def _save(page: Page, name: str, note: str) -> None:
    page.get_by_role("button", name="Save version …").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("What was changed, and why").fill(note)
    page.get_by_role("button", name="Save version", exact=True).click()


def test_what_is_wrong_stands_at_its_line_while_one_types(open_page: OpenPage) -> None:
    page = open_page("/protocols/new?from=formation")
    told = page.locator("#check-told")
    expect(told).to_have_text("Nothing is wrong with it.")
    expect(page.locator("#plan-lines")).to_contain_text("-0.275 mA")
    page.get_by_label("for", exact=True).select_option("L1")

    _change(page, "current: 0.2 A/g", "current: 0,2 A/g")
    expect(page.locator("#gutter span.error")).to_have_text("14")
    expect(page.locator("#marks .error")).to_have_count(1)
    expect(page.locator("#plan-lines")).to_be_empty()
    shot(page, "protocol-editor-error")
    check_accessible(page)
    page.get_by_role("button", name=re.compile("Error in line 14 .*decimal comma")).click()
    page.keyboard.type("  current: 0.2 A/g")
    expect(told).to_have_text("Nothing is wrong with it.")
    expect(page.locator("#gutter span.error")).to_have_count(0)

    _change(page, "cellbench: 1", "cellbench: 1")
    page.keyboard.press("Tab")
    expect(page.locator("#source")).to_be_focused()
    expect(page.locator("#source")).to_have_value(re.compile("^cellbench: 1 +$", re.MULTILINE))
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("#source")).not_to_be_focused()
    page.set_viewport_size({"width": 375, "height": 800})
    check_fits(page)


def test_two_save_the_same_protocol_and_the_second_hears_of_it(open_page: OpenPage, watch: Watch) -> None:
    watch.expect_errors("409")
    page = open_page("/protocols/new?from=formation")
    _save(page, "anna", "a copy")
    page.wait_for_url(re.compile("/protocols/[0-9a-f]{64}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("my-formation")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.wait_for_url("**/edit?of=*")
    other = open_page(page.url)
    _change(page, "cycles: 5", "cycles: 4")
    _save(page, "anna", "four")
    page.wait_for_url(re.compile("/protocols/[0-9a-f]{64}$"))

    _change(other, "cycles: 5", "cycles: 3")
    _save(other, "ben", "three")
    expect(other.locator("#newer")).to_contain_text("version 2 of this name, stored by anna")
    shot(other, "protocol-editor-conflict")
    other.get_by_role("button", name="Save mine as the next version").click()
    other.get_by_label("What was changed, and why").fill("three")
    other.get_by_role("button", name="Save version", exact=True).click()
    other.wait_for_url(re.compile("/protocols/[0-9a-f]{64}$"))
    expect(other.locator("table")).to_contain_text(["three"])

    other.get_by_label("old: version 2").check()
    other.get_by_role("button", name="Compare the two").click()
    expect(other.locator("tr.changed del")).to_have_text("4")
    expect(other.locator("tr.changed ins")).to_have_text("3")
    check_accessible(other)
    shot(other, "protocol-difference")


def test_files_come_in_and_go_out(open_page: OpenPage, bench: ServedBench, watch: Watch, tmp_path: Path) -> None:
    watch.expect_errors("422")
    page = open_page("/protocols/formation")
    page.get_by_label("for", exact=True).select_option("L1")
    with page.expect_download() as exported:
        page.get_by_role("button", name="Export for unicycler").click()
    file = tmp_path / "ladder.json"
    exported.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))["sample"]["name"] == "L1"
    check_accessible(page)
    shot(page, "protocol", full=True)
    page.set_viewport_size({"width": 375, "height": 800})
    check_fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})

    page.goto("/protocols/new")
    page.get_by_label("Open a file").set_input_files(file)
    expect(page.locator("#source")).to_have_value(re.compile("^protocol: ladder$", re.MULTILINE))
    expect(page.locator("#file-remarks")).to_contain_text("translated from unicycler")
    binary = tmp_path / "picture.yaml"
    binary.write_bytes(b"\x89PNG\x00\xff")
    page.get_by_label("Open a file").set_input_files(binary)
    expect(page.locator("#file-problem")).to_contain_text("no text")
    large = tmp_path / "large.yaml"
    large.write_text("#" * 1_100_000, encoding="utf-8")
    page.get_by_label("Open a file").set_input_files(large)
    expect(page.locator("#file-problem")).to_contain_text("too large")
    expect(page.locator("#source")).to_have_value(re.compile("^protocol: ladder$", re.MULTILINE))

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="Cells").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("New protocol")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Cells").click()
    page.wait_for_url("**/cells")
