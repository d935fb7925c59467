"""What ``$name`` stands for at one place of the file: the parameters, and the names of the loops around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from protocols.errors import Place, Refusal
from protocols.node import ScalarNode
from protocols.schema.for_each import ForEach
from protocols.schema.parameters import ParameterNode
from protocols.schema.section import unknown_word
from protocols.schema.written import Written

__all__ = ["Scope"]

T = TypeVar("T")
_IN_TEXT = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and what was written for them."""

    names: Mapping[str, ParameterNode]

    def value(self, written: Written[T]) -> T:
        """Return the value of a literal or a reference, of the kind that its place wants. Raises Refusal."""
        if written.reference is None:
            return written.read(written.node.text)
        return written.read(self._text(written.reference, written.node.place))

    def fill(self, written: Written[str]) -> str:
        """Text with every ``$name`` in it filled in. Raises Refusal."""
        return _IN_TEXT.sub(lambda match: self._text(match.group(1), written.node.place), written.node.text)

    def values(self, loop: ForEach) -> tuple[ScalarNode, ...]:
        """Return what a ``for_each`` runs through. Raises Refusal."""
        if not isinstance(loop.values, Written):
            return loop.values
        name = loop.values.reference or ""
        node = self._node(name, loop.place)
        if isinstance(node, ScalarNode):
            raise Refusal(loop.place, f"${name} is a single value", f"write a list, such as {name}: [{node.text}]")
        return tuple(item for item in node.items if isinstance(item, ScalarNode))

    def within(self, loop: ForEach, value: ScalarNode) -> Scope:
        """Return the scope inside one pass of a ``for_each``. Raises Refusal where the name is taken."""
        if loop.name in self.names:
            remedy = "choose another name, such as the parameter's in the singular"
            raise Refusal(loop.place, f"${loop.name} already has a meaning here", remedy)
        return Scope({**self.names, loop.name: value})

    def _node(self, name: str, place: Place) -> ParameterNode:
        if name in self.names:
            return self.names[name]
        message, remedy = unknown_word(f"${name}", [f"${known}" for known in self.names])
        raise Refusal(place, message, remedy if self.names else f"add parameters: {{{name}: …}}")

    def _text(self, name: str, place: Place) -> str:
        node = self._node(name, place)
        if isinstance(node, ScalarNode):
            return node.text
        raise Refusal(place, f"${name} is a list", f"run through it with for_each: {{one: ${name}}} and write $one")
