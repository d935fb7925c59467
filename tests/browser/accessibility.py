"""What axe finds on a page, and what does not fit onto a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_GRAVE = ("serious", "critical")
_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const isWide = (one) => one.getBoundingClientRect().right > width + 1 || one.scrollWidth > width;
  const wide = [...document.body.querySelectorAll("*")].filter(isWide).reverse();
  return [`${document.documentElement.scrollWidth} px`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))];
}"""


def check_accessible(page: Page) -> None:
    """Nothing that axe calls serious or critical; what it found stands in the failure."""
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page)
    grave = [one for one in results.response["violations"] if one["impact"] in _GRAVE]
    assert not grave, "\n".join(results.generate_report(one["id"]) for one in grave)


def check_fits(page: Page) -> None:
    """The body does not scroll sideways; what sticks out stands in the failure."""
    wide = page.evaluate(_TOO_WIDE)
    assert not wide, f"{page.url} is wider than the screen: {wide}"
