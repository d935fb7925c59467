"""Pages in a real browser, on a virtual bench with the node and the web as processes.

A test asks for ``open_page``; whatever tab it opens may write no error to the console, throw none and ask no other
host. ``bench`` lives as long as the module; a module that wants another says ``BENCH = BenchSettings(…)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.open_page import OpenPage, PATIENCE_ms
from tests.browser.served_bench import BenchSettings, ServedBench
from tests.browser.watch import Watch
from tests.browser.what_is_missing import chromium, what_is_missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # and should a page ask elsewhere, nobody answers
)


class _NoBrowser(pytest.File):
    """In the place of a module that cannot even be imported."""

    def collect(self) -> Iterator[pytest.Item]:
        yield _NotLookedAt.from_parent(self, name="no browser")


class _NotLookedAt(pytest.Item):
    def runtest(self) -> None:
        pytest.skip(what_is_missing() or "")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Without a browser these modules are skipped, in one line that says how to get one."""
    return None if what_is_missing() is None else _NoBrowser.from_parent(parent, path=module_path)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One a worker; nothing of it is left for tests in other folders, which start event loops of their own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_ms)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBench]:
    """The bench of this module, running."""
    settings = getattr(request.module, "BENCH", BenchSettings())
    with ServedBench(tmp_path_factory.mktemp("browser"), settings) as served:
        yield served


@pytest.fixture
def watch(bench: ServedBench) -> Watch:
    """For a test in which a console error is no surprise."""
    return Watch(bench.url)


@pytest.fixture
def open_page(bench: ServedBench, browser: Browser, watch: Watch) -> Iterator[OpenPage]:
    """Open a tab: ``open_page("/runs", width=375, dark=True, language="zh", person="olga")``."""
    tabs = OpenPage(browser, bench, watch)
    yield tabs
    wrong = watch.wrong()
    tabs.close()
    assert not wrong, "\n".join(wrong)
