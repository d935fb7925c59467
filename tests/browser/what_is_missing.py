"""Whether a browser can be driven here."""

from __future__ import annotations

import shutil
from functools import cache
from importlib.util import find_spec

_PACKAGES = ("playwright", "axe_playwright_python")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def chromium() -> str | None:
    """Path of the system's browser."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


@cache
def what_is_missing() -> str | None:
    """One line that says how to get it; None: nothing is."""
    if any(find_spec(name) is None for name in _PACKAGES):
        return "browser tests need playwright: pip install 'cellbench[browser]'"
    if chromium() is None:
        return "browser tests need a browser: apt-get install chromium"
    return None
