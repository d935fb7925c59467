"""The text of a protocol in pieces that a page can colour; the template escapes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Piece", "highlighted"]

_PIECE = re.compile(
    r"(?P<comment>(?:(?<=\s)|^)#.*)"
    r"|(?P<string>\"[^\"]*\"|'[^']*')"
    r"|(?P<parameter>\$\w+)"
    r"|(?P<key>[A-Za-z_][\w-]*(?=\s*:(?:\s|$)))"
    r"|(?P<number>[-+]?\d[\d.]*(?:\s?(?:[A-Za-zµΩ°][\w/]*|%))?)"
    r"|(?P<word>[A-Za-z_][\w-]*|[^\w\s\"'#$+-]+|\s+|.)"
)
_PLAIN = "word"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of one line."""

    kind: str
    """``comment``, ``string``, ``parameter``, ``key``, ``number``; empty: nothing special."""
    text: str


def highlighted(source: str) -> list[list[Piece]]:
    """Lines, each in pieces whose texts together are the line."""
    return [_line(line) for line in source.splitlines()]


def _line(line: str) -> list[Piece]:
    pieces: list[Piece] = []
    for match in _PIECE.finditer(line):
        kind = "" if match.lastgroup in (None, _PLAIN) else str(match.lastgroup)
        if not kind and pieces and not pieces[-1].kind:
            pieces[-1] = Piece("", pieces[-1].text + match.group())
        else:
            pieces.append(Piece(kind, match.group()))
    return pieces
