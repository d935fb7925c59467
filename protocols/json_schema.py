"""JSON Schema of protocol files, for completion and checking in editors."""

from __future__ import annotations

from typing import Any

__all__ = ["SCHEMA_ID", "protocol_json_schema"]

SCHEMA_ID = "urn:cellbench:protocol:1"


def protocol_json_schema() -> dict[str, Any]:
    """Draft 2020-12. Accepts what the reader accepts in form; units and limits are the reader's to judge."""
    from protocols.schema.protocol_file import ProtocolFile  # noqa: PLC0415 - models are built when they are needed

    schema = ProtocolFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **_without_null(schema)}


def _without_null(schema: Any) -> Any:
    """Return the schema with optional keys that are left out, not written as null."""
    if isinstance(schema, list):
        return [_without_null(item) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_null(value) for key, value in schema.items() if not (key == "default" and value is None)}
