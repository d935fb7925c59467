"""Pictures of the pages, kept so that people can look at them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"


def shot(page: Page, name: str, *, full: bool = False) -> Path:
    """Keep what is seen, or the whole page, as ``build/screenshots/NAME.png``."""
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, full_page=full, animations="disabled")
    return path
