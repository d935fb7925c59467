"""Columns of numbers from the wire's text. Nothing is guessed: a column is what the vendor's document says it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # its reader of decimals is exact, stricter than float() and three times as fast

from drivers.errors import Garbled

__all__ = ["floats", "integers"]

_WINDOWS_NAN = re.compile(r"[+-]?(nan(\(\w*\))?|1\.#(ind|qnan|snan)\d*)", re.IGNORECASE)
"""What a Windows C++ program prints for a sensor that gives no number."""


def floats(name: str, values: Sequence[str | None]) -> npt.NDArray[np.float64]:
    """Return a column of floats; NaN where the wire says so or has nothing. Raises Garbled."""
    column: npt.NDArray[np.float64]
    try:
        column = pa.array(values, pa.string()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        column = np.array([_float(name, value) for value in values], dtype=np.float64)
    if np.isinf(column).any():
        raise Garbled(f"{name} holds what is no number")
    return column


def integers(name: str, values: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return a column of integers. Raises Garbled."""
    try:
        column: npt.NDArray[np.int64] = pa.array(values, pa.string()).cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid as error:
        raise Garbled(f"{name} holds what is no integer: {error}") from error
    return column


def _float(name: str, value: str | None) -> float:
    if value is None or _WINDOWS_NAN.fullmatch(value):
        return float("nan")
    try:
        return float("x" if "_" in value else value)  # Python reads 1_000; an instrument means something else
    except ValueError as error:
        raise Garbled(f"{name} holds {value!r}, which is no number") from error
