"""A row of a plan's table: its cells are translated, its columns stay where they are."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from orchestrator.web.sentences.phrasebook import Phrasebook

__all__ = ["said_row"]

_GAP = re.compile(r"( {2,})")


def said_row(book: Phrasebook, row: str) -> str:
    """``line 21    discharge   -0.55 mA  0.01 V``; a line without columns is a sentence."""
    cells, gaps = _GAP.split(row)[::2], _GAP.split(row)[1::2]
    if not gaps:
        return book.say(row)
    made, end = "", 0
    for cell, gap in zip(cells, [*gaps, ""], strict=True):
        made += book.word(cell)
        end += len(cell) + len(gap)
        made += " " * max(end - _width(made), 2 if gap else 0)
    return made.rstrip()


def _width(text: str) -> int:
    """In columns of a fixed font: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
