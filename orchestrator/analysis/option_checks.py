"""What an analysis says about an option that it cannot use: one line, with the remedy."""

from __future__ import annotations

import math
from collections.abc import Sequence

from orchestrator.analysis.errors import AnalysisError

__all__ = ["non_negative", "one_of", "positive", "whole_number"]


def positive(name: str, value: float | None) -> float | None:
    """Return the number as it is, None included. Raises AnalysisError where it is not finite and above zero."""
    if value is not None and not (_is_number(value) and value > 0):
        raise AnalysisError(f"{name} is {value!r}; it is a number above zero")
    return value


def non_negative(name: str, value: float) -> float:
    """Return the number. Raises AnalysisError where it is not finite or below zero."""
    if not (_is_number(value) and value >= 0):
        raise AnalysisError(f"{name} is {value!r}; it is zero or a number above it")
    return value


def whole_number(name: str, value: object, lowest: int, highest: int) -> int:
    """Return the number. Raises AnalysisError where it is not whole or out of range."""
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise AnalysisError(f"{name} is {value!r}; it is a whole number from {lowest} to {highest}")
    return value


def one_of(name: str, value: str, offered: Sequence[str]) -> str:
    """Return the text. Raises AnalysisError where it is none of those offered."""
    if value not in offered:
        raise AnalysisError(f"{name} is {value!r}; it is one of {', '.join(offered)}")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
