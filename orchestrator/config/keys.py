"""Reading one mapping of a configuration file: every key asked for once, every key left over refused."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TypeVar

from protocols.errors import Place, Refusal, quoted
from protocols.kinds import CURRENT, DURATION, TEMPERATURE, VOLTAGE, Kind
from protocols.node import MappingNode, Node, ScalarNode, SequenceNode
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["Keys", "amperes", "degC", "degC_pair", "seconds", "text", "voltage_pair", "volts"]

T = TypeVar("T")


class Keys:
    """One mapping. Call :meth:`done` at the end; it refuses what nobody asked for."""

    def __init__(self, node: Node, what: str) -> None:
        if not isinstance(node, MappingNode):
            raise Refusal(node.place, f"{what} is not a mapping", f"write `{what}: {{key: value}}`")
        self.node = node
        self._what = what
        self._asked: set[str] = set()

    def optional(self, key: str, read: Callable[[Node], T]) -> T | None:
        """Value of a key, or None where it is absent."""
        self._asked.add(key)
        found = self.node.get(key)
        return None if found is None else read(found)

    def required(self, key: str, read: Callable[[Node], T], example: str) -> T:
        """Value of a key that must be there."""
        value = self.optional(key, read)
        if value is None:
            raise Refusal(self.node.place, f"{self._what} has no `{key}`", f"add `{key}: {example}`")
        return value

    def done(self) -> None:
        """Refuse unknown keys. Raises Refusal with the nearest known one."""
        for entry in self.node.entries:
            if entry.key not in self._asked:
                near = difflib.get_close_matches(entry.key, self._asked, n=1)
                remedy = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(sorted(self._asked))}"
                raise Refusal(Place(entry.line, entry.key), f"unknown key in {self._what}", remedy)


def text(node: Node) -> str:
    """Plain text."""
    if not isinstance(node, ScalarNode) or node.is_null:
        raise Refusal(node.place, "is not a text", "write one value")
    return node.text


def _quantity(node: Node, kind: Kind, unit: str) -> float:
    written = text(node)
    try:
        quantity = parse_quantity(written, kind)
    except QuantityError as error:
        raise Refusal(node.place, error.message, error.remedy) from error
    if quantity.unit != unit:
        raise Refusal(node.place, f"{quoted(written)} is relative to a cell", "write an absolute value, e.g. 100 mA")
    return quantity.value


def seconds(node: Node) -> float:
    """A duration."""
    return _quantity(node, DURATION, "s")


def amperes(node: Node) -> float:
    """An absolute current."""
    return _quantity(node, CURRENT, "A")


def volts(node: Node) -> float:
    """A voltage."""
    return _quantity(node, VOLTAGE, "V")


def degC(node: Node) -> float:
    """A temperature."""
    return _quantity(node, TEMPERATURE, "degC")


def voltage_pair(node: Node) -> tuple[float, float]:
    """``[lowest, highest]``."""
    return _pair(node, volts, "voltage", "[-0.5 V, 5 V]")


def degC_pair(node: Node) -> tuple[float, float]:
    """``[lowest, highest]``."""
    return _pair(node, degC, "temperature", "[-40 degC, 150 degC]")


def _pair(node: Node, read: Callable[[Node], float], what: str, example: str) -> tuple[float, float]:
    if not isinstance(node, SequenceNode) or len(node.items) != 2:
        raise Refusal(node.place, f"is not a pair of {what}s", f"write `{what}: {example}`")
    low, high = (read(item) for item in node.items)
    if low >= high:
        raise Refusal(node.place, f"the first {what} is not below the second", "write `[lowest, highest]`")
    return low, high
