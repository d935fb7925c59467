"""Every relative link leads somewhere, and so does every anchor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, name_of, without_blocks

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _anchor(heading: str) -> str:
    """As the common renderers make it: lower case, no punctuation, blanks to hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _broken(page: Path, target: str) -> bool:
    place, _, anchor = target.partition("#")
    file = (page.parent / place).resolve() if place else page
    if not file.exists() or not file.is_relative_to(ROOT):
        return True
    headings = _HEADING.findall(file.read_text(encoding="utf-8")) if anchor else []
    return bool(anchor) and anchor not in {_anchor(heading) for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_resolves(page: Path) -> None:
    targets = _LINK.findall(without_blocks(page.read_text(encoding="utf-8")))
    assert [target for target in targets if "://" not in target and _broken(page, target)] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in _LINK.findall(index.read_text("utf-8"))}
    decisions = ROOT / "docs" / "decisions"
    pages = [page for page in PAGES if page.is_relative_to(ROOT / "docs") and page.parent != decisions]
    assert [name_of(page) for page in pages if page != index and page.resolve() not in linked] == []
