"""Plain tables: aligned columns that read well and that ``awk`` reads too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

__all__ = ["table_lines"]


def table_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines with two blanks between columns; columns of numbers are set flush right."""
    body = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *body, strict=True)]
    right = [_is_numeric(column) for column in zip(*body, strict=True)] or [False] * len(header)
    return [_line(row, widths, right) for row in chain((tuple(header),), body)]


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    texts = (
        text.rjust(width) if flush else text.ljust(width) for text, width, flush in zip(row, widths, right, strict=True)
    )
    return "  ".join(texts).rstrip()


def _is_numeric(column: Iterable[str]) -> bool:
    texts = [text for text in column if text != "-"]
    return bool(texts) and all(text[:1].isdigit() or text[:1] in "+-−" for text in texts)
