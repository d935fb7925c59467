"""Alarms on every page, and stop-all, which is always there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from orchestrator.store.alarms import Severity, clear_alarms, raise_alarm
from orchestrator.store.transactions import writing
from tests.browser.accessibility import check_accessible, check_fits
from tests.browser.open_page import OpenPage
from tests.browser.screenshots import shot
from tests.browser.served_bench import BenchSettings, ServedBench
from tests.browser.watch import Watch

BENCH = BenchSettings(cells=1)
NOW_unix_s = 1_767_600_000.0
SILENT_UNTIL_TOUCHED = """
localStorage.setItem("sound", "on");
window.sounded = 0;
const waiting = [];
let touched = false;
window.AudioContext = class {
  constructor() { this.state = "suspended"; this.currentTime = 0; }
  resume() {
    return new Promise((resolve) => {
      waiting.push(() => { this.state = "running"; resolve(); });
      if (touched) waiting.splice(0).forEach((go) => go());
    });
  }
  createOscillator() {
    return { frequency: {}, connect: (to) => to, start: () => { window.sounded += 1; }, stop() {} };
  }
  createGain() {
    return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to };
  }
};
addEventListener("pointerdown", () => { touched = true; waiting.splice(0).forEach((go) => go()); }, true);
"""
"""Sound as browsers have it: none before somebody has touched the page. Looking at a page counts as a touch to the
browser that this test drives, so what it would do by itself depends on who is quicker."""


def alarm(bench: ServedBench, source: str, message: str, severity: Severity = "critical") -> None:
    with writing(bench.virtual.engine) as connection:
        raise_alarm(connection, source=source, message=message, now=NOW_unix_s, severity=severity)


def test_a_new_alarm_is_seen_and_heard_on_every_page_until_somebody_acknowledges_it(
    bench: ServedBench, open_page: OpenPage
) -> None:
    page = open_page("/api")
    page.add_init_script(SILENT_UNTIL_TOUCHED)
    page.reload()
    expect(page.locator("#connection")).to_have_text("live")  # what is there when a page opens is no news
    alarm(bench, "bts-1", "a mere warning", "warning")
    alarm(bench, "run 7", "voltage <b>above</b> 4.3 V")
    banner = page.locator("#banner")
    expect(banner).to_contain_text("2 alarms that nobody has acknowledged")
    expect(banner.locator("li")).to_contain_text("voltage <b>above</b> 4.3 V")
    expect(banner).to_contain_text("blocks the sound")
    assert page.evaluate("window.sounded") == 0
    expect(page.get_by_role("alert")).to_contain_text("critical: run 7")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    expect(page.locator("#alarm-count")).to_have_text("2")
    shot(page, "alarm-banner")
    page.locator("h1").click()
    expect(banner).not_to_contain_text("blocks the sound")
    assert page.evaluate("window.sounded") > 0

    banner.get_by_role("button", name="Show all 2").click()
    expect(banner.locator("li")).to_have_count(2)
    banner.get_by_role("button", name="Acknowledge run 7").click()
    page.get_by_label("Your name").fill("mina")
    page.get_by_label("Reason").fill("looked at the clips")
    page.locator("dialog").get_by_role("button", name="Acknowledge").click()
    expect(banner).to_contain_text("1 alarm that nobody has acknowledged")
    (stored,) = (one for one in bench.http.get("alarms").json() if one["source"] == "run 7")
    assert (stored["acknowledged_by"], stored["acknowledged_reason"]) == ("mina", "looked at the clips")


@pytest.mark.parametrize("path", ["/alarms", "/"])
def test_chinese_dark_and_on_a_phone(bench: ServedBench, open_page: OpenPage, path: str) -> None:
    alarm(bench, "bts-1", "no answer for a while, whatever is asked of it", "warning")
    page = open_page(path, width=375, dark=True, language="zh")
    expect(page.locator("#banner")).to_contain_text("尚无人确认")
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.get_by_role("button", name="全部停止")).to_be_in_viewport()
    check_fits(page)
    check_accessible(page)
    shot(page, f"phone-dark-chinese{path.replace('/', '-')}", full=True)
    with writing(bench.virtual.engine) as connection:
        clear_alarms(connection, source="bts-1", now=NOW_unix_s)


def test_stop_all_needs_no_websocket_and_says_what_became_of_it(
    bench: ServedBench, open_page: OpenPage, watch: Watch
) -> None:
    watch.expect_errors("")
    run = bench.launch("formation", "L1", "A1")
    bench.wait_state(run, "running")
    page = open_page("/")
    page.route_web_socket("**/live*", lambda socket: socket.close())
    page.reload()
    expect(page.locator("#connection")).to_have_text("not connected")
    page.route("**/api/v1/stop-all", lambda route: route.abort())
    page.get_by_role("button", name="Stop all").click()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_contain_text("cellbench stop --all")
    shot(page, "stop-all-without-service")

    page.unroute("**/api/v1/stop-all")
    page.locator("dialog").get_by_role("button", name="Stop all").click()
    expect(page.locator("#stop-outcome")).to_contain_text("Runs that were told to stop: 1")
    expect(page.locator("#stop-outcome")).to_contain_text("Stopped: no run is on any more")
    bench.wait_state(run, "stopped")
