"""Opening a tab as a person of the laboratory does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.served_bench import PASSWORD, ServedBench
from tests.browser.watch import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE_ms = 30_000
_LOCALES = {"en": "en-GB", "zh": "zh-CN"}


class OpenPage:
    """Tabs with the same looks share cookies, as the windows of one person do."""

    def __init__(self, browser: Browser, bench: ServedBench, watch: Watch) -> None:
        self._browser = browser
        self._bench = bench
        self._watch = watch
        self._contexts: dict[tuple[tuple[str, Any], ...], BrowserContext] = {}

    def __call__(
        self,
        path: str,
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        language: str = "en",
        person: str | None = None,
    ) -> Page:
        """Open a tab, loaded; ``person`` is logged in."""
        looks = {"width": width, "height": height, "dark": dark, "language": language, "person": person}
        key = tuple(looks.items())
        if key not in self._contexts:
            self._contexts[key] = self._new_context(**looks)
        tab = self._contexts[key].new_page()
        tab.goto(path)
        return tab

    def close(self) -> None:
        """Close all tabs."""
        for context in self._contexts.values():
            context.close()

    def _new_context(self, width: int, height: int, dark: bool, language: str, person: str | None) -> BrowserContext:
        context = self._browser.new_context(
            base_url=self._bench.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=_LOCALES[language],
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_ms)
        self._watch.attach(context)
        if person is not None:
            answer = context.request.post("/api/v1/session", data={"name": person, "password": PASSWORD})
            assert answer.ok, answer.text()
        return context
