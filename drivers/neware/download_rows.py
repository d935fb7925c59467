"""Rows of a download reply, straight from the wire's text to columns of text.

A download is a flat list of ``<data a="…" b="…" />``. Split at the quotes, every odd part is a value and every even
part is markup; when the markup of all rows is that of the first, and of the shape that this file knows, every byte of
the list is accounted for and no tree is needed. Anything else goes to the hardened tree parser, which is the
reference: a row is never skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.errors import Garbled
from drivers.neware.replies import Reply, parse_reply

__all__ = ["RowColumns", "download_rows", "rows_from_text", "rows_from_tree"]

_FIRST = re.compile(r"\s*<data ([A-Za-z_][\w.-]*)=")
_NEXT = re.compile(r" ([A-Za-z_][\w.-]*)=")
_BETWEEN = re.compile(r" ?/>\s*<data ([A-Za-z_][\w.-]*)=")
_LAST = re.compile(r" ?/>\s*")
_LIST = re.compile(r"<list count=\"\d+\">")
_LIST_END = "</list>"


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Values as text, one column an attribute; None where a row lacks it. Barcodes and numbers alike are text here."""

    count: int
    columns: dict[str, Sequence[str | None]]
    even: bool = False
    """True: every row has every attribute, which then need not be looked for."""

    def required(self, name: str) -> Sequence[str]:
        """Return a column that every row has. Raises Garbled."""
        values = self.columns.get(name)
        if values is None or (not self.even and None in values):
            raise Garbled(f"rows without {name}")
        return values  # type: ignore[return-value]  # the line above is the proof


def download_rows(frame: bytes, command: str, check: Callable[[Reply], None]) -> RowColumns:
    """Return the rows of a download reply once ``check`` has passed its envelope. Raises Garbled, or as ``check``."""
    try:
        text = frame.decode()
    except UnicodeDecodeError as error:
        raise Garbled(f"the reply to {command} is no UTF-8", received=frame[:160]) from error
    opening = _LIST.search(text)
    end = text.rfind(_LIST_END)
    if opening and end >= opening.end():
        rows = rows_from_text(text[opening.end() : end])
        if rows is not None:
            check(parse_reply((text[: opening.end()] + text[end:]).encode(), command))
            return rows
    reply = parse_reply(frame, command)
    check(reply)
    return rows_from_tree(reply)


def rows_from_text(body: str) -> RowColumns | None:
    """Return the rows of a list's body, or None where a tree is needed to tell.

    None for entities, comments, other elements, other quoting, rows that differ in their attributes, and all else.
    """
    parts = body.split('"')
    names = _attribute_names(parts)
    width = 2 * len(names)
    if not names or (len(parts) - 1) % width or "&" in body or "\t" in body:
        return None
    count = (len(parts) - 1) // width
    if body.count("<") != count or not _markup_repeats(parts, names, count) or not _white_is_markup(body, parts, width):
        return None
    return RowColumns(count, {name: parts[2 * place + 1 :: width] for place, name in enumerate(names)}, even=True)


def _attribute_names(parts: list[str]) -> list[str]:
    """Names in the first row; empty where it is not of the known shape."""
    first = _FIRST.fullmatch(parts[0])
    if first is None:
        return []
    names = [first.group(1)]
    for markup in parts[2::2]:
        following = _NEXT.fullmatch(markup)
        if following is None:
            break
        names.append(following.group(1))
    return names if len(set(names)) == len(names) else []


def _markup_repeats(parts: list[str], names: list[str], count: int) -> bool:
    """Whether all markup is that of the first row, and the ends of rows are what they must be."""
    width = 2 * len(names)
    ends = parts[width:-1:width]
    between = _BETWEEN.fullmatch(ends[0]) if ends else None
    if not _LAST.fullmatch(parts[-1]) or (ends and (between is None or between.group(1) != names[0])):
        return False
    if ends and ends.count(ends[0]) != count - 1:
        return False
    return all(parts[place::width].count(parts[place]) == count for place in range(2, width, 2))


def _white_is_markup(body: str, parts: list[str], width: int) -> bool:
    """Whether every line break stands between rows: XML would turn one inside a value into a blank."""
    ends = len(parts[width:-1:width])
    between = parts[width] if ends else ""

    def outside(white: str) -> int:
        return parts[0].count(white) + ends * between.count(white) + parts[-1].count(white)

    return all(body.count(white) == outside(white) for white in "\n\r")


def rows_from_tree(reply: Reply) -> RowColumns:
    """Return the rows of the list of a parsed reply: the reference. Raises Garbled."""
    items = reply.items()
    strangers = {item.tag for item in items} - {"data"}
    if strangers:
        raise Garbled(f"the reply to {reply.command} lists {', '.join(sorted(strangers))}")
    names = dict.fromkeys(name for item in items for name in item.attrib)
    return RowColumns(len(items), {name: [item.get(name) for item in items] for name in names})
