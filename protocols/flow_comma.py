"""Decimal commas that YAML's flow style takes apart.

``{current: 0,2 A/g}`` is parsed as ``current: 0`` and a key ``2 A/g``. They are put together again as they were
written, so that the number grammar can say what is wrong with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Piece", "rejoin_keys", "rejoin_values"]

_BARE_INTEGER = re.compile(r"[+\-−]?\d+")
_REST_OF_QUANTITY = re.compile(r"\d+ *[^\d\s].*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A value on its way into the tree: a scalar, or the finished children of a list or mapping."""

    line: int
    text: str = ""
    plain: bool = True
    columns: tuple[int, int] = (0, 0)
    """Where the scalar begins and ends in its line."""
    children: list[Piece] | None = None
    mapping: bool = False


def _torn_apart(left: Piece, right: Piece) -> bool:
    return (
        left.children is None
        and right.children is None
        and left.plain
        and right.plain
        and left.line == right.line
        and left.columns[1] + 1 == right.columns[0]  # only a comma fits between
        and _BARE_INTEGER.fullmatch(left.text) is not None
        and _REST_OF_QUANTITY.fullmatch(right.text) is not None
    )


def _joined(left: Piece, right: Piece) -> Piece:
    return Piece(left.line, f"{left.text},{right.text}", columns=(left.columns[0], right.columns[1]))


def rejoin_values(pieces: list[Piece]) -> list[Piece]:
    """Items of a flow list with torn quantities whole again: ``[0,01 V, 1,5 V]`` has two items."""
    whole: list[Piece] = []
    for piece in pieces:
        if whole and _torn_apart(whole[-1], piece):
            whole[-1] = _joined(whole[-1], piece)
        else:
            whole.append(piece)
    return whole


def rejoin_keys(pieces: list[Piece]) -> list[Piece]:
    """Keys and values (alternating) of a flow mapping with torn quantities whole again."""
    whole: list[Piece] = []
    for key, value in zip(pieces[::2], pieces[1::2], strict=True):
        nothing = value.children is None and value.plain and not value.text
        if whole and nothing and _torn_apart(whole[-1], key):
            whole[-1] = _joined(whole[-1], key)
        else:
            whole += [key, value]
    return whole
