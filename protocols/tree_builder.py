"""From YAML parser events to a tree with lines; refuses what a protocol never needs and an attacker does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import yaml

from protocols.errors import Place, Refusal, quoted
from protocols.flow_comma import Piece, rejoin_keys, rejoin_values
from protocols.node import Entry, MappingNode, Node, Path, ScalarNode, SequenceNode, spoken_key

__all__ = ["DEPTH_MAX", "VALUES_MAX", "TreeBuilder"]

DEPTH_MAX = 40
VALUES_MAX = 20_000


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet. Paths are given when the whole tree is known."""

    line: int
    flow: bool
    mapping: bool
    pieces: list[Piece] = field(default_factory=list)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _columns(event: yaml.Event) -> tuple[int, int]:
    return (event.start_mark.column, event.end_mark.column) if event.start_mark and event.end_mark else (0, 0)


class TreeBuilder:
    """Takes parser events in order; afterwards ``root`` is the tree and ``findings`` what is wrong with it."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.findings: list[Refusal] = []
        self._open: list[_Open] = []
        self._documents = 0
        self._values = 0

    def take(self, event: yaml.Event) -> None:
        """One event. Raises Refusal where reading on is pointless."""
        self._refuse_cleverness(event)
        line = _line(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Refusal(Place(line), "a second document begins here", "keep one protocol a file: remove the ---")
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) >= DEPTH_MAX:
                raise Refusal(Place(line), f"is nested deeper than {DEPTH_MAX} levels", "use repeat and for_each")
            self._open.append(_Open(line, bool(event.flow_style), isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._open.pop()
            self._place(Piece(done.line, children=self._children(done), mapping=done.mapping))
        elif isinstance(event, yaml.ScalarEvent):
            plain = not event.style
            self._place(Piece(line, event.value, plain, _columns(event)))

    def _refuse_cleverness(self, event: yaml.Event) -> None:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Refusal(Place(line), "anchors and aliases (& and *) are not allowed", "use parameters and $name")
        if (tag := getattr(event, "tag", None)) is not None:
            raise Refusal(Place(line), f"the tag {quoted(str(tag))} is not allowed", "remove the !")

    def _place(self, piece: Piece) -> None:
        self._values += 1
        if self._values > VALUES_MAX:
            raise Refusal(Place(piece.line), f"holds more than {VALUES_MAX} keys and values", "use repeat and for_each")
        if self._open:
            self._open[-1].pieces.append(piece)
        else:
            self.root = self._node(piece, ())

    @staticmethod
    def _children(done: _Open) -> list[Piece]:
        if not done.flow:
            return done.pieces
        return rejoin_keys(done.pieces) if done.mapping else rejoin_values(done.pieces)

    def _node(self, piece: Piece, path: Path) -> Node:
        if piece.children is None:
            return ScalarNode(piece.line, path, piece.text, piece.plain)
        if piece.mapping:
            return MappingNode(piece.line, path, tuple(self._entries(piece.children, path)))
        items = tuple(self._node(child, (*path, i)) for i, child in enumerate(piece.children))
        return SequenceNode(piece.line, path, items)

    def _entries(self, pieces: list[Piece], path: Path) -> list[Entry]:
        seen: dict[str, Entry] = {}
        for key, value in zip(pieces[::2], pieces[1::2], strict=True):
            place = Place(key.line, spoken_key(path))
            if key.children is not None:
                self.findings.append(
                    Refusal(place, "a key must be a word, not a list or a mapping", "write key: value")
                )
            elif key.text in seen:
                place = Place(key.line, spoken_key((*path, key.text)))
                first = seen[key.text].line
                self.findings.append(Refusal(place, f"stands here twice (first in line {first})", "remove one"))
            else:
                from_key = value if value.children is None else replace(value, line=key.line)
                seen[key.text] = Entry(key.text, key.line, self._node(from_key, (*path, key.text)))
        return list(seen.values())
