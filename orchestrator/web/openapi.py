"""What the application cannot say of itself: errors as problem+json, who may ask, and an example for each field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from orchestrator.web.access.needed_role import needed_role
from orchestrator.web.access.session_cookie import COOKIE_NAME, CSRF_HEADER
from orchestrator.web.example_value import example_value

__all__ = ["describe", "operation_id"]

PROBLEM = "application/problem+json"
_ERRORS = {
    "4XX": ("Refused", "Refused; `problems` says why."),
    "5XX": ("Impossible", "Not possible now; `problems` says why."),
}
_PROBLEM_MODEL = {"$ref": "#/components/schemas/Problem"}
_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "For programs: `cellbench token add`, or `POST /api/v1/tokens`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE_NAME,
        "description": f"For pages: `POST /api/v1/session`. What writes carries its `csrf_token` as `{CSRF_HEADER}`.",
    },
}
_Operation = dict[str, Any]


def operation_id(route: APIRoute) -> str:
    """Names of functions are short, and no two are the same: clients that are generated take them."""
    return route.name


def describe(app: FastAPI) -> None:
    """Complete the description that the application gives of itself, once."""
    plain = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            schema["components"]["securitySchemes"] = _SCHEMES
            schema["components"]["responses"] = {
                name: {"description": text, "content": {PROBLEM: {"schema": _PROBLEM_MODEL}}}
                for name, text in _ERRORS.values()
            }
            schema["security"] = [{name: []} for name in _SCHEMES]
            for path, method, operation in _operations(schema):
                _tell_problems(operation)
                _tell_who(operation, method, path)
            for model in schema["components"]["schemas"].values():
                _give_examples(model)
        described: dict[str, Any] = app.openapi_schema or {}
        return described

    app.openapi = complete  # type: ignore[method-assign]


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, _Operation]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _tell_problems(operation: _Operation) -> None:
    for status, (name, _) in _ERRORS.items():
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def _tell_who(operation: _Operation, method: str, path: str) -> None:
    role = needed_role(method, re.sub(r"\{[^}]*\}", "1", path))
    operation["x-role"] = str(role) if role is not None else "anybody"
    if role is None:
        operation["security"] = []


def _give_examples(model: dict[str, Any]) -> None:
    for name, field in model.get("properties", {}).items():
        if not _has_example(field):
            field["examples"] = [example_value(name, field)]


def _has_example(field: Mapping[str, Any]) -> bool:
    """What is one of a few words, yes or no, or a model of its own needs none."""
    if {"examples", "enum", "const", "$ref"} & field.keys() or field.get("type") == "boolean" or field.get("default"):
        return True
    if "items" in field:
        return _has_example(field["items"])
    return any(_has_example(one) for one in field.get("anyOf", ()))
