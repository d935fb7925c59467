"""Starting tests in a browser, as somebody with a barcode scanner does: it types fast and sends Enter."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.accessibility import check_accessible
from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import BenchSettings, ServedBench
from tests.browser.watch import Watch

BENCH = BenchSettings(cells=3)
_FIRST_PREVIEW_ms = 30_000
"""The service loads the models of cells with the first one, which takes long where little of the computer is free."""


def _scan(page: Page, *labels: str) -> None:
    """All of them at once: the page has no time between two scans."""
    page.keyboard.type("".join(f"{label}\n" for label in labels))


def _ready(page: Page) -> None:
    expect(page.locator("#scan-cell")).to_be_focused()


def _rows(page: Page) -> list[str]:
    """``L1 at A1`` of each pair."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...document.querySelectorAll("#placements tr")].map(
          (row) => [...row.querySelectorAll("input")].map((input) => input.value).join(" at "))"""
    )


def test_cells_are_scanned_onto_benches_and_launched_without_a_mouse(open_page: OpenPage, bench: ServedBench) -> None:
    page = open_page("/start?protocol=formation")
    _ready(page)
    _scan(page, "L1", "A1", "A2", "L2")
    expect(page.locator("#placements tr")).to_have_count(2)
    assert _rows(page) == ["L1 at A1", "L2 at A2"]
    expect(page.locator("#placements")).to_contain_text(re.compile("✓ 5 cycles.*✓ 5 cycles", re.DOTALL))
    expect(page.locator("#preview-plot canvas")).to_be_visible(timeout=_FIRST_PREVIEW_ms)
    check_accessible(page)
    shot(page, "start-plan")

    page.keyboard.press("Enter")
    expect(page.locator("#launch")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Launch formation on 2 cells?")
    expect(dialog).to_contain_text("L2 at A2: formation, 5 cycles")
    dialog.get_by_label("Your name").fill("anna")
    page.keyboard.press("Enter")
    expect(page.locator("#launched a")).to_have_count(2)
    expect(page.locator("#placements tr")).to_have_count(0)
    assert [run["cell"] for run in bench.http.get("runs", params={"active": True}).json()["items"]] == ["L2", "L1"]
    page.locator("#launched a").first.click()
    page.wait_for_url(re.compile(r"/runs/\d+$"))


def test_a_barcode_that_nobody_knows_becomes_a_cell_right_there(open_page: OpenPage, bench: ServedBench) -> None:
    page = open_page("/start")
    _ready(page)
    _scan(page, "N77", "A3")
    expect(page.get_by_role("heading", name="N77 is a new cell")).to_be_visible()
    _ready(page)
    page.keyboard.press("Enter")
    expect(page.locator("#cell-material")).to_be_focused()
    page.keyboard.type("sio_c_m")
    weighed = {"Electrode with foil": "15.32 mg", "Foil": "11.88 mg", "Active fraction of the coating": "80 %"}
    for label, text in weighed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Diameter").fill("12")
    page.get_by_label("Your name").fill("anna")
    page.get_by_role("button", name="Add the cell").click()
    expect(page.locator("#cell-diameter-problem")).to_contain_text('"12" has no unit; write a length such as 12 mm')
    expect(page.locator("[data-steps]")).to_contain_text("(15.32 mg − 11.88 mg) × 80 % = 2.752 mg")
    check_accessible(page)
    shot(page, "start-new-cell", full=True)

    page.reload()
    expect(page.get_by_label("Foil", exact=True)).to_have_value("11.88 mg")
    page.get_by_label("Diameter").fill("12 mm")
    page.get_by_role("button", name="Add the cell").click()
    expect(page.get_by_role("heading", name="N77 is a new cell")).to_be_hidden()
    added = bench.http.get("cells/N77").json()
    assert (added["active_mass_g"], added["metadata"]["diameter_mm"]) == (0.002752, "12")
    assert _rows(page) == ["N77 at A3"]


def test_what_is_refused_is_told_at_its_place_and_nothing_is_lost(open_page: OpenPage, watch: Watch) -> None:
    watch.expect_errors("409|422")
    page = open_page("/start?cell=L3&bench=A3&protocol=rate-ladder")
    rates = page.get_by_label("rates", exact=True)
    rates.fill("[0,2 A/g]")
    expect(page.locator("#parameter-rates-problem")).to_have_text('"0,2 A/g" has a decimal comma; write 0.2 A/g')
    rates.fill("[0.2 A/g]")
    expect(page.locator("#parameter-rates-problem")).to_be_empty()
    expect(page.locator("#placements")).to_contain_text("✓ 5 cycles")

    files = page.get_by_label("or a YAML file")
    for content, told in ((b"x" * 1_100_000, "mine.yaml is too large"), (b"\x00\xff", "mine.yaml is no text")):
        files.set_input_files({"name": "mine.yaml", "mimeType": "text/yaml", "buffer": content})
        expect(page.locator("#protocol-problem")).to_contain_text(told)
    expect(page.locator("#placements")).to_contain_text("✓ 5 cycles")

    page.get_by_label("Bench", exact=True).fill("Z9")
    page.get_by_role("button", name="Launch …").click()
    page.get_by_role("dialog").get_by_label("Your name").fill("anna")
    page.get_by_role("button", name="Launch", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("bench Z9 is not in the lab file")
    page.keyboard.press("Escape")
    page.reload()
    assert _rows(page) == ["L3 at Z9"]
    expect(rates).to_have_value("[0.2 A/g]")
