"""``rest``: open circuit for a time. ``rest: 10 min`` or ``rest: {for: 1 h, record: {every: 60 s}}``."""

from __future__ import annotations

from typing import Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from protocols.node import Entry, MappingNode, Node, ScalarNode
from protocols.schema.fields import Duration
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection
from protocols.schema.section import Section
from protocols.schema.written import REFERENCE_SCHEMA

__all__ = ["RestSection"]


class RestSection(Section):
    """How long, and what is recorded meanwhile."""

    for_: Duration = Field(alias="for", description="how long", examples=["10 min"])
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None

    @classmethod
    def mapping_of(cls, node: Node) -> MappingNode:
        """Return a bare duration is the short form of ``{for: …}``."""
        if isinstance(node, ScalarNode):
            return MappingNode(node.line, node.path, (Entry("for", node.line, node),))
        return super().mapping_of(node)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        full = handler.resolve_ref_schema(handler(schema))
        short = full["properties"]["for"]
        return {"anyOf": [full, dict(short), dict(REFERENCE_SCHEMA)]}
