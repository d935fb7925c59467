"""The start page: how soon it is there, what five people who look at 64 busy channels cost, a grid of 1,000.

The service is ``cellbench web`` as a process of its own on a database that a process in the place of the node writes:
every channel is seen anew and has a new record once a second. A browser measures what a person waits for; without one
only what the service takes is measured.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from websockets.sync.client import connect

from benchmarks.process_usage import cpu_s
from benchmarks.seen_bench import SeenBench
from tests.browser.what_is_missing import chromium, what_is_missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLIENTS = 5
WATCHED_S = 20.0
ROUNDS = 5
UP_WITHIN_S = 180.0
_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_DRAWN = """() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(() =>
    drawn(document.querySelectorAll('#channels > li').length === {count} ? performance.now() : 1e9))))"""


def measure() -> dict[str, dict[str, Any]]:
    """Of times the median of five."""
    figures = _of_64()
    figures |= _of_1000()
    return figures


def _of_64() -> dict[str, dict[str, Any]]:
    with _served(64) as (bench, url, pid):
        server_ms = _server_ms(url)
        figures = {"bench_page_server": _figure(server_ms, 300, "ms")}
        if (paint_ms := _browser_ms(url, _FIRST_PAINT)) is not None:
            figures["bench_page_first_paint"] = _figure(paint_ms, 300, "ms")
        figures["bench_page_cpu"] = _figure(_cpu_percent(bench, url, pid), 2, "% of a core")
    return figures


def _of_1000() -> dict[str, dict[str, Any]]:
    with _served(1000) as (_bench, url, _pid):
        began = time.perf_counter()
        _get(url)
        print(f"  1,000 plans are read once: {1000 * (time.perf_counter() - began):.0f} ms for the first page")
        figures = {"bench_1000_server": _figure(_server_ms(url), 1000, "ms")}
        if (drawn_ms := _browser_ms(url, _DRAWN.replace("{count}", "1000"))) is not None:
            figures["bench_1000_drawn"] = _figure(drawn_ms, 1000, "ms")
    return figures


def _cpu_percent(bench: SeenBench, url: str, pid: int) -> float:
    """Of the web process, while every channel changes once a second and five pages are told."""
    with ExitStack() as stack:
        address = url.replace("http", "ws", 1) + "/live?topics=bench&topics=chambers&topics=service"
        pages = [stack.enter_context(connect(address, compression=None)) for _ in range(CLIENTS)]
        for page in pages:
            page.recv(10)
        before_s, began = cpu_s(pid), time.monotonic()
        told = 0
        while time.monotonic() - began < WATCHED_S:
            bench.see_all()
            told += sum('"changed"' in str(page.recv(10)) for page in pages)
        used = (cpu_s(pid) - before_s) / (time.monotonic() - began)
    if told < CLIENTS * WATCHED_S / 2:
        raise RuntimeError(f"only {told} messages in {WATCHED_S:g} s told of any change")
    return 100 * used


def _server_ms(url: str) -> float:
    with httpx.Client(timeout=30) as client:  # to make one takes longer than the page of 64 channels

        def once() -> float:
            began = time.perf_counter()
            client.get(url).raise_for_status()
            return 1000 * (time.perf_counter() - began)

        once()
        return statistics.median(once() for _ in range(ROUNDS))


def _get(url: str) -> None:
    httpx.get(url, timeout=30).raise_for_status()


def _browser_ms(url: str, when: str) -> float | None:
    """What ``when`` tells of a page that was loaded anew, in milliseconds since it was asked for."""
    if (missing := what_is_missing()) is not None:
        print(f"  left out: {missing}")
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        rounds = [_loaded_ms(page, url, when) for _ in range(ROUNDS + 1)]
        browser.close()
    return statistics.median(rounds[1:])


def _loaded_ms(page: Page, url: str, when: str) -> float:
    page.goto(url, wait_until="domcontentloaded")
    if when == _FIRST_PAINT:
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
    return float(page.evaluate(when))


@contextmanager
def _served(channels: int) -> Iterator[tuple[SeenBench, str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        bench = SeenBench(Path(folder), channels)
        command = [sys.executable, "-m", "orchestrator.cli", "web", "--lab", str(bench.lab.path)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_until_up(bench.lab.web.url)
                yield bench, bench.lab.web.url, process.pid
            finally:
                process.terminate()
                bench.close()


def _wait_until_up(url: str) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            httpx.get(f"{url}/alive", timeout=5)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _figure(value: float, target: float, unit: str) -> dict[str, Any]:
    return {"value": round(value, 2), "target": target, "better": "lower", "unit": unit}


if __name__ == "__main__":
    print(measure())
