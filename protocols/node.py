"""A file as people wrote it: a tree of text that knows its lines. Nothing here guesses a type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from protocols.errors import Place

__all__ = ["Entry", "MappingNode", "Node", "Path", "ScalarNode", "SequenceNode", "spoken_key"]

Path = tuple[str | int, ...]

_NULL = re.compile(r"|~|null|Null|NULL")


def spoken_key(path: Path) -> str:
    """Return the part of a path that people would say: ``discharge.current``, counted from the innermost step.

    A step itself is called by its place: ``steps[2]``.
    """
    start = max((i + 2 for i in range(len(path) - 1) if path[i] == "steps" and isinstance(path[i + 1], int)), default=0)
    if start == len(path):
        start = max(start - 2, 0)
    words = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path[start:]]
    return "".join(words).removeprefix(".")


@dataclass(frozen=True, slots=True)
class _Located:
    line: int
    """1-based."""
    path: Path

    @property
    def place(self) -> Place:
        """Line and key, for messages."""
        return Place(self.line, spoken_key(self.path))


@dataclass(frozen=True, slots=True)
class ScalarNode(_Located):
    """Text between the delimiters, exactly as written; ``plain`` means without quotes."""

    text: str
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Nothing is written here (or ``null``)."""
        return self.plain and _NULL.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class SequenceNode(_Located):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``key: value`` with the line of the key."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode(_Located):
    """Keys in file order, each once."""

    entries: tuple[Entry, ...]

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None where it is absent."""
        return next((entry.value for entry in self.entries if entry.key == key), None)

    def keys(self) -> Iterator[str]:
        """Keys in file order."""
        return (entry.key for entry in self.entries)


Node = ScalarNode | SequenceNode | MappingNode
