"""Reading a YAML file that a stranger may have written: bounded, without type guessing, every value with its line.

Read from parser events, one by one: nothing is constructed, so that no tag, anchor or nesting can do harm. Protocol
and lab files share this reader.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from protocols.errors import Place, ProtocolError, ProtocolErrors, Refusal, quoted
from protocols.node import Node
from protocols.tree_builder import TreeBuilder

__all__ = ["BYTES_MAX", "PROTOCOL_BEGINS", "load_document", "parse_document", "read_bytes"]

BYTES_MAX = 1_000_000
PROTOCOL_BEGINS = "write cellbench: 1 in its first line, then protocol, limits, record and steps"
"""The remedy where a protocol file is empty."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML 1.1, section 5.1: the characters a stream may hold
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r"^[ -]*\t", re.MULTILINE)


def load_document(path: Path | str, *, if_empty: str = PROTOCOL_BEGINS) -> Node:
    """Read a file into a tree. Raises ProtocolErrors, whatever the file is or contains."""
    return parse_document(read_bytes(path), Path(path).name, if_empty=if_empty)


def read_bytes(path: Path | str) -> bytes:
    """Return the bytes of a file, no more than can be too many. Raises ProtocolErrors."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(BYTES_MAX + 1)
    except (OSError, ValueError) as error:  # ValueError: a path that no system could have
        reason = getattr(error, "strerror", None) or str(error)
        raise _alone(quoted(str(path)), f"cannot be read: {reason}", "check the path") from error


def parse_document(content: bytes | str, name: str, *, if_empty: str = PROTOCOL_BEGINS) -> Node:
    """Read text into a tree; ``name`` stands for the file in messages. Raises ProtocolErrors.

    ``if_empty``: the remedy where nothing is in it.
    """
    text = _checked_text(content, name)
    builder = TreeBuilder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except Refusal as refusal:
        raise ProtocolErrors([*(found.in_file(name) for found in builder.findings), refusal.in_file(name)]) from refusal
    except yaml.YAMLError as error:
        raise ProtocolErrors([_syntax_error(error, name)]) from error
    if builder.findings:
        raise ProtocolErrors(found.in_file(name) for found in builder.findings)
    if builder.root is None:
        raise _alone(name, "is empty", if_empty)
    return builder.root


def _checked_text(content: bytes | str, name: str) -> str:
    if len(content) > BYTES_MAX:
        raise _alone(name, f"is larger than {BYTES_MAX // 1_000_000} MB", "a protocol is a page of text; is this it?")
    if isinstance(content, str):
        text = content.removeprefix("\ufeff")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise _alone(name, "is not UTF-8 text", "save it as UTF-8", line) from error
    if found := _NOT_TEXT.search(text):
        message = f"holds the character U+{ord(found.group()):04X}, which is no text"
        raise _alone(name, message, "remove it, or save the file as UTF-8", _line_of(text, found.start()))
    if found := _TAB_INDENT.search(text):
        raise _alone(name, "the line is indented with a tab", "indent with spaces", _line_of(text, found.start()))
    return text


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _alone(name: str, message: str, remedy: str, line: int | None = None) -> ProtocolErrors:
    return ProtocolErrors([Refusal(Place(line), message, remedy).in_file(name)])


def _syntax_error(error: yaml.YAMLError, name: str) -> ProtocolError:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "cannot be read as YAML").splitlines()[0]
    line = mark.line + 1 if mark is not None else None
    remedy = "look at the brackets, quotes, colons and indentation of this line and the one before"
    return Refusal(Place(line), f"is not YAML: {problem}", remedy).in_file(name)
