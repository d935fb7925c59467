"""A single value as it stands in the file: literal text, or ``$name`` of a parameter."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from protocols.errors import Refusal, quoted
from protocols.kinds import Kind
from protocols.node import ScalarNode
from protocols.quantity import Quantity, QuantityError, parse_quantity

__all__ = ["REFERENCE_SCHEMA", "ReadAs", "Reader", "Written", "as_count", "as_quantity", "as_text", "read_scalar"]

T = TypeVar("T")

_REFERENCE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
REFERENCE_SCHEMA: dict[str, Any] = {"type": "string", "pattern": r"^\$[A-Za-z_][A-Za-z0-9_]*$"}
_COUNT_MAX = 1_000_000
_TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Reader(Generic[T]):
    """How a kind of value is read from text, named in messages and described to editors."""

    read: Callable[[str], T]
    """Raises QuantityError."""
    wanted: str
    json_schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """One value where it stands. Its text is known to be readable, unless it is a reference."""

    node: ScalarNode
    reader: Reader[T]

    @property
    def reference(self) -> str | None:
        """The parameter's name, where the whole text is ``$name``."""
        match = _REFERENCE.fullmatch(self.node.text)
        return match.group(1) if match else None

    def read(self, text: str) -> T:
        """Return the value of this or, for a reference, of the parameter's text. Raises Refusal at this place."""
        try:
            return self.reader.read(text)
        except QuantityError as error:
            message = error.message if text == self.node.text else f"{self.node.text}: {error.message}"
            raise Refusal(self.node.place, message, error.remedy) from error


@dataclass(frozen=True, slots=True, eq=False)  # an annotation must be hashable
class ReadAs(Generic[T]):
    """Annotation: ``Annotated[Written[Quantity], ReadAs(as_quantity(CURRENT))]``."""

    reader: Reader[T]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [dict(self.reader.json_schema), dict(REFERENCE_SCHEMA)]}

    def validate(self, node: object) -> Written[T]:
        """From a scalar node; a literal is read at once so that its mistake is found without a cell."""
        scalar = read_scalar(node, self.reader.wanted)
        written = Written(scalar, self.reader)
        if written.reference is None:
            written.read(scalar.text)
        return written


def read_scalar(node: object, wanted: str) -> ScalarNode:
    """Return the node, if it is a single value. Raises Refusal."""
    if isinstance(node, ScalarNode):
        return node
    raise Refusal(node.place, "is not a single value", f"write {wanted}")  # type: ignore[attr-defined]


def as_quantity(kind: Kind) -> Reader[Quantity]:
    """Reader of a quantity of a kind."""
    schema = {
        "type": "string",
        "pattern": r"^\s*([+\-−]?[0-9.]|C\s*/)",
        "description": f"{kind.phrase} with its unit, such as {kind.examples}",
    }
    return Reader(partial(parse_quantity, kind=kind), f"{kind.phrase} such as {kind.examples}", schema)


def as_count() -> Reader[int]:
    """Reader of a whole number from 1."""
    schema = {"type": "integer", "minimum": 1, "maximum": _COUNT_MAX}
    return Reader(_read_count, "a whole number such as 5", schema)


def as_text() -> Reader[str]:
    """Reader of a line of text, taken as it is."""
    return Reader(_read_text, "text", {"type": ["string", "number", "boolean"]})


def _read_text(text: str) -> str:
    if len(text) > _TEXT_MAX:
        raise QuantityError(f"{quoted(text)} is longer than {_TEXT_MAX} characters", "write less")
    return text


def _read_count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise QuantityError(f"{quoted(text)} is not a whole number", "write a whole number such as 5")
    count = int(text)
    if not 1 <= count <= _COUNT_MAX:
        raise QuantityError(f"{count} is not possible", f"write a whole number from 1 to {_COUNT_MAX}")
    return count
