"""The weekday of a cron rule: 0 and 7 are Sunday, 1 is Monday, as everywhere else (APScheduler counts Monday as 0)."""

from __future__ import annotations

import re

__all__ = ["weekday_names"]

_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = re.compile(r"([0-7])(?:-([0-7]))?(?:/([1-7]))?")


def weekday_names(field: str) -> str:
    """The field with names instead of numbers, ranges written out: ``1-3`` is ``mon,tue,wed``."""
    return ",".join(_named(part) for part in field.split(","))


def _named(part: str) -> str:
    numbers = _NUMBERS.fullmatch(part)
    if numbers is None:
        return part
    first, last, step = numbers.groups()
    days = range(int(first), int(last or first) + 1, int(step or 1))
    return ",".join(dict.fromkeys(_NAMES[day] for day in days)) or part
