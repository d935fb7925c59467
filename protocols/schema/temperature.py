"""``temperature``: the chamber goes there, and is waited for. ``temperature: 25 degC`` or ``{to: 25 degC, …}``."""

from __future__ import annotations

from typing import Any

from pydantic import Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from protocols.node import Entry, MappingNode, Node, ScalarNode
from protocols.schema.fields import Duration, HeatingRate, Temperature, TemperatureDifference
from protocols.schema.section import Section
from protocols.schema.written import REFERENCE_SCHEMA

__all__ = ["TemperatureSection"]


class TemperatureSection(Section):
    """``{to: 10 degC, within: 0.5 K, soak: 2 h, ramp: 1 K/min, give_up_after: 8 h}``."""

    to: Temperature = Field(description="where the chamber goes", examples=["25 degC"])
    within: TemperatureDifference | None = Field(None, description="stable is so close to it (default 0.5 K)")
    soak: Duration | None = Field(None, description="stays so close for so long (default: once is enough)")
    ramp: HeatingRate | None = Field(None, description="how fast at most; else as fast as the chamber can")
    give_up_after: Duration | None = Field(None, description="the run fails when it is not stable by then")

    @classmethod
    def mapping_of(cls, node: Node) -> MappingNode:
        """Return a bare temperature as the short form of ``{to: …}``."""
        if isinstance(node, ScalarNode):
            return MappingNode(node.line, node.path, (Entry("to", node.line, node),))
        return super().mapping_of(node)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        full = handler.resolve_ref_schema(handler(schema))
        short = full["properties"]["to"]
        return {"anyOf": [full, dict(short), dict(REFERENCE_SCHEMA)]}
