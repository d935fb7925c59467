"""How long ago something was, as the scripts' ``age`` and ``duration`` have it."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["age_text", "duration_text"]

_DAY_s, _HOUR_s, _MINUTE_s = 86_400, 3_600, 60


def age_text(age_s: float | None, say: Callable[[str], str]) -> str:
    """``4 s ago``; ``say`` translates."""
    return "" if age_s is None else say("{age} ago").format(age=duration_text(age_s, say))


def duration_text(duration_s: float, say: Callable[[str], str]) -> str:
    """``2 d 7 h``, ``10 min 3 s``, ``4 s``."""
    s = max(round(duration_s), 0)
    d, h, m = s // _DAY_s, s % _DAY_s // _HOUR_s, s % _HOUR_s // _MINUTE_s
    if d:
        return say("{d} d {h} h").format(d=d, h=h)
    if h:
        return say("{h} h {m} min").format(h=h, m=m)
    if m:
        return say("{m} min {s} s").format(m=m, s=s % _MINUTE_s)
    return say("{s} s").format(s=s)
