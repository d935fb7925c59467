"""A curve in a terminal: each character is a grid of two by four dots."""

from __future__ import annotations

import numpy as np

from orchestrator.preview.model_cell import Array

__all__ = ["braille"]

_EMPTY = 0x2800
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""Unicode's numbering of a braille pattern's dots, (row, column)."""


def braille(time_s: Array, values: Array, width: int, height: int) -> list[str]:
    """Return ``height`` lines of ``width`` characters. In each column the whole range between neighbours is drawn."""
    if not len(values):
        return [" " * width for _ in range(height)]
    lowest, highest = float(values.min()), float(values.max())
    span, rows = highest - lowest or 1.0, 4 * height - 1
    end = float(time_s[-1] - time_s[0]) or 1.0
    column = np.minimum(((time_s - time_s[0]) / end * (2 * width - 1)).round().astype(int), 2 * width - 1)
    row = ((highest - values) / span * rows).round().astype(int)
    dots = np.zeros((4 * height, 2 * width), dtype=bool)
    dots[row, column] = True
    for left, right, top, bottom in zip(column[:-1], column[1:], row[:-1], row[1:], strict=True):
        if right - left <= 1:
            dots[min(top, bottom) : max(top, bottom) + 1, right] = True
        else:  # a long straight piece, such as a rest
            across = np.arange(left, right + 1)
            dots[np.interp(across, [left, right], [top, bottom]).round().astype(int), across] = True
    cells = dots.reshape(height, 4, width, 2).transpose(0, 2, 1, 3)
    codes = _EMPTY + (cells * _DOTS).sum(axis=(2, 3))
    return ["".join(map(chr, line)) for line in codes.tolist()]
