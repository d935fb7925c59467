"""Columns of numbers from the wire's text. Nothing is guessed: a column is what the vendor's document says it is."""

from __future__ import annotations

import re
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # its reader of decimals is exact, stricter than float() and three times as fast

from drivers.errors import Garbled

__all__ = ["FEW", "as_numpy", "floats", "integers"]

_Number = TypeVar("_Number", bound=np.generic)
_WINDOWS_NAN = re.compile(r"[+-]?(nan(\(\w*\))?|1\.#(ind|qnan|snan)\d*)", re.IGNORECASE)
"""What a Windows C++ program prints for a sensor that gives no number."""
FEW = 16
"""Up to so many values are read one by one: a call into arrow costs as much as thirty of them."""
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]{1,18}")


def floats(name: str, values: pa.StringArray) -> npt.NDArray[np.float64]:
    """Return a column of floats; NaN where the wire says so or has nothing. Raises Garbled."""
    few = _few(values, _DECIMAL)
    if few is not None:
        column = np.array([float(text) for text in few], dtype=np.float64)
        if np.isfinite(column).all():
            return column
    try:
        column = _one_by_one(name, values) if values.null_count else as_numpy(values.cast(pa.float64()), np.float64)
    except pa.ArrowInvalid:
        column = _one_by_one(name, values)
    if np.isinf(column).any():
        raise Garbled(f"{name} holds what is no number")
    return column


def integers(name: str, values: pa.StringArray) -> npt.NDArray[np.int64]:
    """Return a column of integers. Raises Garbled."""
    few = _few(values, _INTEGER)
    if few is not None:
        return np.array([int(text) for text in few], dtype=np.int64)
    try:
        column: npt.NDArray[np.int64] = as_numpy(values.cast(pa.int64()), np.int64)
    except pa.ArrowInvalid as error:
        raise Garbled(f"{name} holds what is no integer: {error}") from error
    return column


def as_numpy(values: pa.Array, dtype: type[_Number]) -> npt.NDArray[_Number]:
    """Return an arrow array without nulls as numpy sees it; arrow's own ``to_numpy`` would import pandas."""
    whole = np.frombuffer(values.buffers()[1], dtype)
    return whole[values.offset : values.offset + len(values)]


def _few(values: pa.StringArray, plain: re.Pattern[str]) -> list[str] | None:
    """Return the texts of a short column that is nothing but plain numbers; None: arrow is to tell."""
    if len(values) > FEW or values.null_count:
        return None
    texts: list[str] = values.to_pylist()
    return texts if all(plain.fullmatch(text) for text in texts) else None


def _one_by_one(name: str, values: pa.StringArray) -> npt.NDArray[np.float64]:
    return np.array([_float(name, value) for value in values.to_pylist()], dtype=np.float64)


def _float(name: str, value: str | None) -> float:
    if value is None or _WINDOWS_NAN.fullmatch(value):
        return float("nan")
    try:
        return float("x" if "_" in value else value)  # Python reads 1_000; an instrument means something else
    except ValueError as error:
        raise Garbled(f"{name} holds {value!r}, which is no number") from error
