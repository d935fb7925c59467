"""Columns of numbers from the wire's text. Nothing is guessed: a column is what the vendor's document says it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from drivers.errors import Garbled

__all__ = ["floats", "integers"]

_WINDOWS_NAN = re.compile(r"[+-]?(nan(\(\w*\))?|1\.#(ind|qnan|snan)\d*)", re.IGNORECASE)
"""What a Windows C++ program prints for a sensor that gives no number."""


def floats(name: str, values: Sequence[str | None]) -> npt.NDArray[np.float64]:
    """Return a column of floats; NaN where the wire says so or has nothing. Raises Garbled."""
    try:
        column = np.array(list(map(float, values)), dtype=np.float64)  # type: ignore[arg-type]  # None: see below
    except (TypeError, ValueError):
        column = np.array([_float(name, value) for value in values], dtype=np.float64)
    if np.isinf(column).any() or _has_underscore(values):
        raise Garbled(f"{name} holds what is no number")
    return column


def integers(name: str, values: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return a column of integers. Raises Garbled."""
    try:
        column = np.array(list(map(int, values)), dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise Garbled(f"{name} holds what is no integer: {error}") from error
    if _has_underscore(values):
        raise Garbled(f"{name} holds what is no integer")
    return column


def _float(name: str, value: str | None) -> float:
    if value is None or _WINDOWS_NAN.fullmatch(value):
        return float("nan")
    try:
        return float(value)
    except ValueError as error:
        raise Garbled(f"{name} holds {value!r}, which is no number") from error


def _has_underscore(values: Sequence[str | None]) -> bool:
    """Python reads ``1_000`` as a number; an instrument that writes it means something else."""
    return "_" in "".join(value for value in values if value)
