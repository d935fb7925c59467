"""Arguments of a control request, checked: whatever JSON can hold may stand there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulators.lab.refusal import LabRefusal

__all__ = ["Request", "flag", "integer", "mapping", "number", "text"]

Request = Mapping[str, Any]


def number(request: Request, key: str) -> float:
    """Return a finite number."""
    value = request.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e18 and math.isfinite(value):
        return float(value)
    raise LabRefusal(f"{key} must be a finite number")


def integer(request: Request, key: str) -> int:
    """Return a whole number."""
    value = request.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 62:
        return value
    raise LabRefusal(f"{key} must be a whole number")


def text(request: Request, key: str) -> str:
    """Return a text that is not empty."""
    value = request.get(key)
    if isinstance(value, str) and value:
        return value
    raise LabRefusal(f"{key} must be a text")


def flag(request: Request, key: str) -> bool:
    """Return true or false."""
    value = request.get(key)
    if isinstance(value, bool):
        return value
    raise LabRefusal(f"{key} must be true or false")


def mapping(request: Request, key: str) -> Mapping[str, Any]:
    """Return an object."""
    value = request.get(key)
    if isinstance(value, dict):
        return value
    raise LabRefusal(f"{key} must be an object")
