"""Rows of a download reply, straight from the wire's bytes to columns of text.

A download is a flat list of ``<data a="…" b="…" />``. Cut at the quotes, every other piece is a value and every other
markup; when the markup of all rows is that of the first, and of the shape that this file knows, every byte of the list
is accounted for and no tree is needed. Anything else goes to the hardened tree parser, which is the reference: a row
is never skipped. Arrow holds the pieces, so that no Python object is made for each of a million values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from drivers.errors import Garbled
from drivers.neware.replies import Reply, parse_reply

__all__ = ["RowColumns", "download_rows", "rows_from_bytes", "rows_from_tree"]

_FIRST = re.compile(rb"\s*<data ([A-Za-z_][\w.-]*)=")
_NEXT = re.compile(rb" ([A-Za-z_][\w.-]*)=")
_BETWEEN = re.compile(rb" ?/>\s*<data ([A-Za-z_][\w.-]*)=")
_LAST = re.compile(rb" ?/>\s*")
_LIST = re.compile(rb"<list count=\"\d+\">")
_LIST_END = b"</list>"
_QUOTE = ord('"')
_SHORT_BYTES = 4096
"""A reply of up to some fifteen rows: a tree of it is there sooner than the fixed costs of cutting are paid."""


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Values as text (arrow string arrays), one column an attribute; null where a row lacks it."""

    count: int
    columns: dict[str, pa.StringArray]

    def required(self, name: str) -> pa.StringArray:
        """Return a column that every row has. Raises Garbled."""
        values = self.columns.get(name)
        if values is None or values.null_count:
            raise Garbled(f"rows without {name}")
        return values


def download_rows(frame: bytes, command: str, check: Callable[[Reply], None]) -> RowColumns:
    """Return the rows of a download reply once ``check`` has passed its envelope. Raises Garbled, or as ``check``."""
    opening = _LIST.search(frame) if len(frame) > _SHORT_BYTES else None
    end = frame.rfind(_LIST_END)
    if opening and end >= opening.end():
        rows = rows_from_bytes(frame[opening.end() : end])
        if rows is not None:
            check(parse_reply(frame[: opening.end()] + frame[end:], command))
            return rows
    reply = parse_reply(frame, command)
    check(reply)
    return rows_from_tree(reply)


def rows_from_bytes(body: bytes) -> RowColumns | None:
    """Return the rows of a list's body, or None where a tree is needed to tell.

    None for entities, comments, other elements, other quoting, text beyond ASCII, rows that differ in their attributes,
    and all else.
    """
    names = _attribute_names(body)
    width = 2 * len(names)
    quotes = np.flatnonzero(np.frombuffer(body, np.uint8) == _QUOTE)
    if not names or len(quotes) % width or not body.isascii() or b"&" in body or b"\t" in body:
        return None
    count = len(quotes) // width
    pieces = _pieces(body, quotes)
    place = np.arange(len(quotes)).reshape(count, width)  # of each piece: markup in even columns, values in odd ones
    ends = pieces.take(pa.array(place[1:, 0]))
    if body.count(b"<") != count or not _rows_end_well(body, quotes, ends, names[0]):
        return None
    if not _all_equal(pieces, place[1:, :1]) or not _all_equal(pieces, place[:, 2::2]):
        return None
    if not _line_breaks_are_markup(body, pieces, ends):
        return None
    values = pieces.take(pa.array(place[:, 1::2].ravel(order="F")))  # column behind column, in one go
    return RowColumns(count, {name: values.slice(number * count, count) for number, name in enumerate(names)})


def rows_from_tree(reply: Reply) -> RowColumns:
    """Return the rows of the list of a parsed reply: the reference. Raises Garbled."""
    items = reply.items()
    strangers = {item.tag for item in items} - {"data"}
    if strangers:
        raise Garbled(f"the reply to {reply.command} lists {', '.join(sorted(strangers))}")
    names = dict.fromkeys(name for item in items for name in item.attrib)
    return RowColumns(len(items), {name: pa.array([item.get(name) for item in items], pa.string()) for name in names})


def _attribute_names(body: bytes) -> list[str]:
    """Names in the first row; empty where it is not of the known shape."""
    parts = body[: body.find(b">") + 1].split(b'"')
    first = _FIRST.fullmatch(parts[0])
    following = [_NEXT.fullmatch(markup) for markup in parts[2:-1:2]]
    if first is None or len(parts) < 3 or not _LAST.fullmatch(parts[-1]):
        return []
    names = [match.group(1).decode() for match in (first, *following) if match is not None]
    return names if len(set(names)) == 1 + len(following) else []


def _pieces(body: bytes, quotes: npt.NDArray[np.intp]) -> pa.StringArray:
    """Return what stands between quotes, markup first, without a copy for each piece."""
    offsets = np.empty(len(quotes) + 2, np.int32)
    offsets[0] = 0
    offsets[1:-1] = quotes - np.arange(len(quotes))
    offsets[-1] = len(body) - len(quotes)
    unquoted = body.translate(None, b'"')
    return pa.StringArray.from_buffers(len(quotes) + 1, pa.py_buffer(offsets), pa.py_buffer(unquoted))


def _rows_end_well(body: bytes, quotes: npt.NDArray[np.intp], ends: pa.StringArray, first_name: str) -> bool:
    """Whether the last row is closed, and each other followed by one that begins with the same attribute."""
    between = _BETWEEN.fullmatch(ends[0].as_py().encode()) if len(ends) else None
    if len(ends) and (between is None or between.group(1).decode() != first_name):
        return False
    return _LAST.fullmatch(body, int(quotes[-1]) + 1) is not None


def _all_equal(pieces: pa.StringArray, places: npt.NDArray[np.intp]) -> bool:
    """Whether in each row the pieces at these places are those of the first row."""
    first = np.broadcast_to(places[:1], places.shape)
    return bool(pieces.take(pa.array(places.ravel())).equals(pieces.take(pa.array(first.ravel()))))


def _line_breaks_are_markup(body: bytes, pieces: pa.StringArray, ends: pa.StringArray) -> bool:
    """Whether every line break stands between rows: XML would turn one inside a value into a blank."""
    first, last = pieces[0].as_py(), pieces[-1].as_py()
    between = ends[0].as_py() if len(ends) else ""
    return all(
        body.count(white.encode()) == first.count(white) + len(ends) * between.count(white) + last.count(white)
        for white in "\n\r"
    )
