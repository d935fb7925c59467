"""From page to page by their own links: one page of each kind, so that a page of tomorrow is looked at too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_NOT_PAGES = re.compile(
    r"/(api/v1|metrics|static|language|alive)\b|.*\.(csv|json|yaml|zip|pdf|html|bdf|mpt|txt|png|svg)$"
)
_LINKS = """() => [...document.querySelectorAll("a[href]")]
  .filter((one) => one.origin === location.origin && !one.hasAttribute("download")).map((one) => one.pathname)"""


def walk(page: Page, start: str, look: Callable[[str], None]) -> list[str]:
    """Call ``look`` on each page, loaded; returns their paths."""
    waiting, kinds, seen = [start], {_kind(start)}, []
    while waiting:
        path = waiting.pop(0)
        page.goto(path)
        look(path)
        seen.append(path)
        for link in page.evaluate(_LINKS):
            if not _NOT_PAGES.fullmatch(link) and _kind(link) not in kinds:
                kinds.add(_kind(link))
                waiting.append(link)
    return seen


def _kind(path: str) -> str:
    """``/runs/17/plan`` is of the kind ``/runs/*/plan``."""
    parts = path.strip("/").split("/")
    return "/".join([parts[0], *("*" for _ in parts[1:2]), *parts[2:]])
