"""What no page may do: write an error to the console, throw one, or ask another host for anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

_WITHIN_THE_PAGE = ("data", "blob", "about")


class Watch:
    """Notes what is wrong in every tab of a test.

    Most of what a page asks elsewhere its Content-Security-Policy refuses, in words on the console; what passes that,
    such as a link that is followed, is seen as a request. No test can excuse either.
    """

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._errors: list[str] = []
        self._inexcusable: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def expect_errors(self, pattern: str) -> None:
        """Console errors like this belong to the test, such as ``409`` where the API is to refuse."""
        self._expected.append(re.compile(pattern))

    def expect_lost_web(self) -> None:
        """The web goes away in this test: chromium, and htmx, write an error for every request that fails."""
        self.expect_errors(r"WebSocket connection to .* failed|net::ERR_\w+|console: htmx:\w+")

    def attach(self, context: BrowserContext) -> None:
        """Watch all tabs of a context, those to come too."""
        context.on("console", self._heard)
        context.on("weberror", self._thrown)
        context.on("request", self._asked)
        context.on("page", self._opened)

    def wrong(self) -> list[str]:
        """Everything that may not be, but what was expected."""
        return self._inexcusable + [
            one for one in self._errors if not any(known.search(one) for known in self._expected)
        ]

    def forget(self) -> None:
        """Begin anew."""
        self._errors.clear()
        self._inexcusable.clear()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        line = f"console: {message.text} ({message.location.get('url', '')})"
        (self._inexcusable if "Content Security Policy" in line else self._errors).append(line)

    def _thrown(self, error: WebError) -> None:
        self._errors.append(f"thrown: {error.error.stack or error.error.message}")

    def _asked(self, request: Request) -> None:
        self._look(request.url)

    def _opened(self, page: Page) -> None:
        page.on("websocket", self._called)

    def _called(self, websocket: WebSocket) -> None:
        self._look(websocket.url)

    def _look(self, url: str) -> None:
        asked = urlsplit(url)
        if asked.scheme not in _WITHIN_THE_PAGE and asked.netloc != self._host:
            self._inexcusable.append(f"asked elsewhere: {url}")
