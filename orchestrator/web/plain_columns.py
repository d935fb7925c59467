"""Numpy columns as JSON has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["plain"]


def plain(column: npt.NDArray[Any]) -> list[float | int | None]:
    """Plain numbers: NaN becomes null."""
    if column.dtype.kind != "f" or np.isfinite(column).all():
        numbers: list[float | int | None] = column.tolist()
        return numbers
    return [value if np.isfinite(value) else None for value in column.tolist()]
