"""A point in time on a page: readable at once, and in the zone and language of the browser once its script has run."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup

__all__ = ["moment"]

_NONE = "–"
_ELEMENT = Markup('<time datetime="%s" data-unix="%.3f">%s</time>')


def moment(unix_s: float | None) -> str:
    """A ``<time>`` element for the filter ``moment`` of the templates: unix seconds, or None for never."""
    if unix_s is None:
        return _NONE
    when = datetime.fromtimestamp(unix_s, UTC)
    return _ELEMENT % (when.isoformat(timespec="seconds"), unix_s, f"{when.astimezone():%Y-%m-%d %H:%M}")
