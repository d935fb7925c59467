"""``parameters``: names with defaults, that the launch command can override."""

from __future__ import annotations

import re
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from protocols.errors import Place, Refusal, quoted
from protocols.node import Entry, MappingNode, Node, ScalarNode, SequenceNode, spoken_key

__all__ = ["SCALAR_SCHEMA", "ReadParameters", "list_values", "parameter_name", "parameter_value", "written_as_in_file"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT_MAX = 200
SCALAR_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}

ParameterNode = ScalarNode | SequenceNode


class ReadParameters:
    """Annotation that reads the defaults, by name, as the nodes that they are."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        literal = {"type": "array", "minItems": 1, "items": SCALAR_SCHEMA}
        values = {"anyOf": [dict(SCALAR_SCHEMA), literal]}
        return {"type": "object", "propertyNames": {"pattern": f"^{_NAME.pattern}$"}, "additionalProperties": values}

    @staticmethod
    def validate(node: Node) -> dict[str, ParameterNode]:
        """Read names and defaults. Raises Refusal."""
        if not isinstance(node, MappingNode):
            raise Refusal(node.place, "is not a mapping of names and defaults", "write parameters: {rate: 0.2 A/g}")
        return {parameter_name(entry, node): parameter_value(entry.value) for entry in node.entries}


def parameter_name(entry: Entry, node: MappingNode) -> str:
    """Return the key, if it can be written as ``$key``. Raises Refusal."""
    if _NAME.fullmatch(entry.key):
        return entry.key
    place = Place(entry.line, spoken_key((*node.path, entry.key)))
    raise Refusal(place, f"{quoted(entry.key)} is no name", "use letters, digits and _, such as cycles_per_rate")


def parameter_value(node: Node) -> ParameterNode:
    """Return a single value, or a list of them. Raises Refusal."""
    if isinstance(node, ScalarNode):
        _check_length(node)
        if node.is_null:
            raise Refusal(node.place, "has no default", "write a value such as 0.2 A/g")
        if node.text.startswith("$"):
            raise Refusal(node.place, "refers to another parameter", "write the value itself")
        return node
    list_values(node)
    assert isinstance(node, SequenceNode)  # noqa: S101 - list_values refuses all else
    return node


def list_values(node: Node) -> tuple[ScalarNode, ...]:
    """Return the single values of a list. Raises Refusal."""
    if not isinstance(node, SequenceNode) or not node.items:
        raise Refusal(node.place, "is not a list of values", "write [0.2 A/g, 0.5 A/g]")
    values = tuple(item for item in node.items if isinstance(item, ScalarNode) and not item.is_null)
    if len(values) < len(node.items):
        raise Refusal(node.place, "holds something that is not a single value", "write [0.2 A/g, 0.5 A/g]")
    for value in values:
        _check_length(value)
    return values


def written_as_in_file(node: ParameterNode) -> str:
    """``0.2 A/g`` or ``[0.2 A/g, 0.5 A/g]``."""
    if isinstance(node, ScalarNode):
        return node.text
    return f"[{', '.join(item.text for item in node.items if isinstance(item, ScalarNode))}]"


def _check_length(node: ScalarNode) -> None:
    if len(node.text) > _TEXT_MAX:
        raise Refusal(node.place, f"is longer than {_TEXT_MAX} characters", "write a value such as 0.2 A/g")
