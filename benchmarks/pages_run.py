"""How long the page of a run of a million records takes: from the click to the drawn plot, and each zoom.

``cellbench web`` answers from a database that the Recorder has written; Chromium loads the page with an empty cache and
zooms by dragging, as a person does. The page measures itself, up to the frame in which everything is drawn. It needs a
chromium and playwright, and says so where there is none.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.long_run import write_long_run
from orchestrator.client import Client, ServiceUnreachable
from orchestrator.config import Lab, read_lab
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.transactions import writing
from orchestrator.store.upgrade import upgrade
from orchestrator.web.models.run import LaunchRequest, Placement
from protocols.cell import Cell

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RECORDS = 1_000_000
LOADS = 5
ZOOMS = ((0.1, 0.9), (0.3, 0.6), (0.45, 0.55), (0.5, 0.52), (0.2, 0.21), (0.7, 0.705), (0.05, 0.5), (0.9, 0.99))
"""Parts of the plot's width, each zoomed into from the whole run: 800,000 records down to 5,000."""
UP_WITHIN_S = 60.0
_LAB = """
lab: one long run
instruments:
  bts-1:
    {{driver: neware, address: '192.0.2.10:502', time_zone: Asia/Shanghai, poll: 10 s, lost_after: 60 s,
     step_dir: steps, remote_step_dir: 'D:\\steps', channel: {{voltage: [-5 V, 5 V], current: 50 mA}}}}
benches: {{A1: {{channel: bts-1/27-21-1-1}}}}
limits: {{voltage: [-0.5 V, 5 V], current: 50 mA}}
web: {{port: {port}, login: off}}
"""
_WHEN_MEASURED = """async ([name, count]) => {
  const measured = () => performance.getEntriesByName(name);
  while (measured().length < count) await new Promise((go) => setTimeout(go, 20));
  return measured().map((one) => one.duration);
}"""


def measure() -> dict[str, dict[str, Any]]:
    """The median of the loads, and the slowest zoom."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or find_spec("playwright") is None:
        print("  left out: it takes chromium and playwright; see docs/explanation/benchmarks.md")
        return {}
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(_served(_lab(folder)))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        stack.callback(browser.close)
        loads_ms = [_load_ms(browser, address) for _ in range(LOADS)]
        zooms_ms = _zooms_ms(browser, address)
    drawn_ms, zoom_ms = statistics.median(loads_ms), max(zooms_ms)
    told = ", ".join(f"{one:.0f}" for one in zooms_ms)
    print(f"  {RECORDS:,} records: loads {', '.join(f'{one:.0f}' for one in loads_ms)} ms, zooms {told} ms")
    return {
        "run_page_drawn": {"value": round(drawn_ms), "target": 1000, "better": "lower", "unit": "ms"},
        "run_page_slowest_zoom": {"value": round(zoom_ms), "target": 200, "better": "lower", "unit": "ms"},
    }


def _load_ms(browser: Browser, address: str) -> float:
    """From asking for the page to the frame in which its records are drawn; nothing is cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        return _measured(_drawn(context.new_page(), address), "records drawn", 1)[0]
    finally:
        context.close()


def _zooms_ms(browser: Browser, address: str) -> list[float]:
    """From letting go of the button to the frame in which the window is drawn."""
    page = _drawn(browser.new_page(viewport={"width": 1280, "height": 800}), address)
    page.uncheck("#follow-end")
    plot = page.locator("#plots .u-over").first
    place = plot.bounding_box()
    assert place is not None, "the plot is there"
    for count, (low, high) in enumerate(ZOOMS):
        middle = place["y"] + place["height"] / 2
        page.mouse.move(place["x"] + low * place["width"], middle)
        page.mouse.down()
        page.mouse.move(place["x"] + high * place["width"], middle, steps=4)
        page.mouse.up()
        _measured(page, "zoom drawn", 2 * count + 1)
        page.click("[data-plot=whole]")  # the way back is a zoom too
        _measured(page, "zoom drawn", 2 * count + 2)
    return _measured(page, "zoom drawn", 2 * len(ZOOMS))


def _drawn(page: Page, address: str) -> Page:
    page.goto(address)
    _measured(page, "records drawn", 1)
    return page


def _measured(page: Page, name: str, count: int) -> list[float]:
    found: list[float] = page.evaluate(_WHEN_MEASURED, [name, count])
    return found


def _lab(folder: Path) -> Lab:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = folder / "lab.yaml"
    path.write_text(_LAB.format(port=port), encoding="utf-8")
    return read_lab(path)


@contextmanager
def _served(lab: Lab) -> Iterator[str]:
    """The service with the run in its database: the address of the run's page."""
    engine = open_database(lab.database_url)
    upgrade(engine)
    with writing(engine) as connection:
        insert_cell(connection, Cell("L1", 0.00275, 1.131, 0.00335, 0.01, 1.5, "SiO@C", {}), now=1.7e9)
    command = [sys.executable, "-m", "orchestrator.cli", "web", "--lab", str(lab.path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ)) as process:
        try:
            run_id = _launched(lab.web.url)
            write_long_run(engine, run_id, RECORDS)
            yield f"{lab.web.url}/runs/{run_id}"
        finally:
            process.terminate()
            engine.dispose()


def _launched(url: str) -> int:
    deadline = time.monotonic() + UP_WITHIN_S
    order = LaunchRequest(protocol="cycling-2c-500", placements=[Placement(cell="L1", bench="A1")], actor="bench")
    with Client(url) as client:
        while True:
            try:
                return client.launch(order).runs[0].run_id
            except ServiceUnreachable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


if __name__ == "__main__":
    print(measure())
