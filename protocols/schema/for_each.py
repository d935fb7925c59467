"""``for_each: {rate: $rates}``: a name, and the list that it runs through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from protocols.errors import Place, Refusal
from protocols.node import Entry, MappingNode, Node, ScalarNode
from protocols.schema.parameters import SCALAR_SCHEMA, list_values, parameter_name
from protocols.schema.written import REFERENCE_SCHEMA, Written, as_text

__all__ = ["ForEach", "ReadForEach"]


@dataclass(frozen=True, slots=True)
class ForEach:
    """The name, where it stands, and its values: written here, or a reference to a list parameter."""

    name: str
    place: Place
    values: tuple[ScalarNode, ...] | Written[str]


class ReadForEach:
    """Annotation that reads a ForEach from its node."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        literal = {"type": "array", "minItems": 1, "items": SCALAR_SCHEMA}
        values = {"anyOf": [dict(REFERENCE_SCHEMA), literal]}
        return {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": values}

    @staticmethod
    def validate(node: Node) -> ForEach:
        """Exactly one name. Raises Refusal."""
        if not isinstance(node, MappingNode) or len(node.entries) != 1:
            raise Refusal(node.place, "needs one name and its list", "write for_each: {rate: $rates}")
        entry = node.entries[0]
        return ForEach(parameter_name(entry, node), entry.value.place, _values(entry))


def _values(entry: Entry) -> tuple[ScalarNode, ...] | Written[str]:
    if isinstance(entry.value, ScalarNode):
        written = Written(entry.value, as_text())
        if written.reference is None:
            raise Refusal(
                entry.value.place, "is not a list", f"write {entry.key}: $name_of_a_list or {entry.key}: [a, b]"
            )
        return written
    return list_values(entry.value)
