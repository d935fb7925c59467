"""Fields of a unicycler object as they stand in the file: numbers, C-rates, texts, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from protocols.errors import Place, Refusal, quoted
from protocols.node import MappingNode, Node, ScalarNode, spoken_key
from protocols.number import NUMBER
from protocols.schema.section import unknown_word

__all__ = ["Fields"]

_FRACTION = re.compile(rf"({NUMBER})? *([CD])? */ *({NUMBER})")


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object. Absent, null and empty text are the same: nothing is said."""

    node: MappingNode

    @classmethod
    def of(cls, node: Node | None, wanted: str, around: Place) -> Fields:
        """Return the object. Raises Refusal where it is none."""
        if isinstance(node, MappingNode):
            return cls(node)
        raise Refusal(node.place if node else around, f"is not {wanted}", "is this a unicycler protocol?")

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.node.place

    def check_names(self, known: Iterable[str]) -> None:
        """Raise Refusal where there is a field that is not known: it might be what the cell depends on."""
        names = list(known)
        for entry in self.node.entries:
            if entry.key not in names:
                message, remedy = unknown_word(entry.key, names)
                raise Refusal(Place(entry.line, spoken_key((*self.node.path, entry.key))), message, remedy)

    def text(self, name: str) -> str | None:
        """Return a text."""
        node = self._scalar(name)
        return None if node is None else node.text.strip()

    def number(self, name: str) -> Decimal | None:
        """Return a finite number, however it is written. Raises Refusal."""
        node = self._scalar(name)
        if node is None:
            return None
        if not re.fullmatch(NUMBER, node.text.strip()):
            raise Refusal(node.place, f"{quoted(node.text)} is no number")
        return Decimal(node.text.strip())

    def not_zero(self, name: str) -> Decimal | None:
        """Return a number; zero says nothing, as where unicycler looks for what ends a step."""
        return self.number(name) or None

    def required(self, name: str) -> Decimal:
        """Return a number that must be there. Raises Refusal."""
        found = self.number(name)
        if found is None:
            raise Refusal(self.place, f"has no {name}")
        return found

    def rate_C(self, name: str) -> Decimal | None:
        """Return a C-rate: ``0.5``, ``"1/2"``, ``"C/2"``, or ``"D/2"`` for a discharge. Raises Refusal."""
        node = self._scalar(name)
        if node is None:
            return None
        fraction = _FRACTION.fullmatch(node.text.strip())
        if fraction is None:
            return self.not_zero(name)
        above, letter, below = fraction.groups()
        if not Decimal(below):
            raise Refusal(node.place, f"{quoted(node.text)} is divided by zero")
        return (Decimal(above or 1) * (-1 if letter == "D" else 1)) / Decimal(below)

    def is_true(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.text(name) == "true"

    def _scalar(self, name: str) -> ScalarNode | None:
        node = self.node.get(name)
        if node is None or (isinstance(node, ScalarNode) and (node.is_null or not node.text.strip())):
            return None
        if isinstance(node, ScalarNode):
            return node
        raise Refusal(node.place, "is not a single value")
