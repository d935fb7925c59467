"""``analyses``: what is computed when the run completes. Names, or ``{name: {option: value}}``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from protocols.errors import Place, Refusal
from protocols.node import MappingNode, Node, ScalarNode, SequenceNode
from protocols.schema.parameters import SCALAR_SCHEMA
from protocols.schema.written import Written, as_text, read_scalar

__all__ = ["AnalysisEntry", "ReadAnalyses"]

_REMEDY = "write analyses: [cycles, {retention: {reference_cycle: 1}}]"


@dataclass(frozen=True, slots=True)
class AnalysisEntry:
    """One analysis as written; whether it exists is known to the service, not to the language."""

    name: str
    place: Place
    options: dict[str, Written[str]]


class ReadAnalyses:
    """Annotation that reads the list."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        options = {"type": "object", "additionalProperties": SCALAR_SCHEMA}
        full = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": options}
        return {"type": "array", "items": {"anyOf": [{"type": "string"}, full]}}

    @staticmethod
    def validate(node: Node) -> tuple[AnalysisEntry, ...]:
        """Read the list. Raises Refusal."""
        if not isinstance(node, SequenceNode):
            raise Refusal(node.place, "is not a list of analyses", _REMEDY)
        return tuple(_analysis(item) for item in node.items)


def _analysis(node: Node) -> AnalysisEntry:
    if isinstance(node, ScalarNode) and not node.is_null:
        return AnalysisEntry(node.text, node.place, {})
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        entry = node.entries[0]
        if isinstance(entry.value, MappingNode):
            options = {
                option.key: Written(read_scalar(option.value, "one value"), as_text()) for option in entry.value.entries
            }
            return AnalysisEntry(entry.key, node.place, options)
    raise Refusal(node.place, "is no analysis", _REMEDY)
