"""Single attributes of a reply as numbers or text. Barcodes are text, whatever they look like."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

from drivers.errors import Garbled

__all__ = ["integer", "number", "text"]

_NOTHING = ("", "--")
"""``--`` stands in the fields of a finished test."""


def text(item: Element, name: str) -> str | None:
    """Return the text, None where the attribute is absent or empty."""
    return item.get(name) or None


def number(item: Element, name: str) -> float | None:
    """Return a finite float, None where there is none. Raises Garbled."""
    value = item.get(name, "")
    if value in _NOTHING:
        return None
    try:
        parsed = float(value)
    except ValueError as error:
        raise Garbled(f"{name}={value!r} is no number") from error
    return parsed if math.isfinite(parsed) else None


def integer(item: Element, name: str) -> int | None:
    """Return an integer, None where there is none. Raises Garbled."""
    value = item.get(name, "")
    if value in _NOTHING:
        return None
    try:
        return int(value)
    except ValueError as error:
        raise Garbled(f"{name}={value!r} is no integer") from error
