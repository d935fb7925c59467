"""An answer as the OpenAPI document describes it, made of the examples in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PLAIN = {"boolean": True, "integer": 1, "number": 1.0, "string": "text", "null": None}


def example_answer(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """One instance of a schema; where it may be several things, the first of them."""
    if "$ref" in schema:
        return example_answer(described, described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for word in ("examples", "enum"):
        if word in schema:
            return schema[word][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return example_answer(described, schema["anyOf"][0])
    if schema.get("type") == "array":
        return [example_answer(described, schema["items"])]
    if schema.get("type") == "object":
        return {name: example_answer(described, one) for name, one in schema.get("properties", {}).items()}
    return _PLAIN[schema["type"]]
