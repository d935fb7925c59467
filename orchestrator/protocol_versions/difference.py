"""Two texts side by side: what was taken away, added and changed, with the lines around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

__all__ = ["LINES_MAX", "DifferenceRow", "Part", "TooLong", "differences"]

LINES_MAX = 4000
"""Comparing takes time that grows with the square of the lines."""
_AROUND = 3
_PARTS_MAX = 2000
"""Characters of a line within which single words are marked."""

Kind = Literal["same", "changed", "removed", "added", "gap"]


class TooLong(Exception):
    """A text has more lines than can be compared."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line."""

    text: str
    marked: bool = False
    """Not in the other line."""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One row of the table. A gap stands for lines that are the same on both sides."""

    kind: Kind
    old_line: int | None = None
    """1-based; None: there is nothing on this side."""
    old: tuple[Part, ...] = ()
    new_line: int | None = None
    new: tuple[Part, ...] = ()
    left_out: int = 0
    """Lines that a gap stands for."""


def differences(old: str, new: str) -> list[DifferenceRow]:
    """Rows of the table; none where the texts are the same. Raises TooLong."""
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > LINES_MAX:
        raise TooLong(f"a text of more than {LINES_MAX} lines is not compared")
    rows: list[DifferenceRow] = []
    at = 0
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND):
        if group[0][1] > at:
            rows.append(DifferenceRow("gap", left_out=group[0][1] - at))
        for tag, *span in group:
            rows += _rows(tag, before, after, (span[0], span[1], span[2], span[3]))
        at = group[-1][2]
    if rows and at < len(before):
        rows.append(DifferenceRow("gap", left_out=len(before) - at))
    return rows


def _rows(tag: str, before: list[str], after: list[str], span: tuple[int, int, int, int]) -> Iterator[DifferenceRow]:
    old_from, old_to, new_from, new_to = span
    if tag == "equal":
        for old, new in zip(range(old_from, old_to), range(new_from, new_to), strict=True):
            yield DifferenceRow("same", old + 1, (Part(before[old]),), new + 1, (Part(after[new]),))
        return
    both = min(old_to - old_from, new_to - new_from)
    for offset in range(both):
        old, new = old_from + offset, new_from + offset
        removed, added = _marked(before[old], after[new])
        yield DifferenceRow("changed", old + 1, removed, new + 1, added)
    for old in range(old_from + both, old_to):
        yield DifferenceRow("removed", old + 1, (Part(before[old], marked=True),))
    for new in range(new_from + both, new_to):
        yield DifferenceRow("added", new_line=new + 1, new=(Part(after[new], marked=True),))


def _marked(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both lines, cut where they differ."""
    if max(len(old), len(new)) > _PARTS_MAX:
        return (Part(old, marked=True),), (Part(new, marked=True),)
    removed, added = list[Part](), list[Part]()
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        differs = tag != "equal"
        removed += [Part(old[old_from:old_to], differs)] if old_to > old_from else []
        added += [Part(new[new_from:new_to], differs)] if new_to > new_from else []
    return tuple(removed), tuple(added)
