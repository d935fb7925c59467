"""The page of the HTTP API names every request of the OpenAPI, and no other."""

from __future__ import annotations

import re

from tests.docs.generated import openapi
from tests.docs.pages import read

_PREFIX = "/api/v1"
_REQUEST = re.compile(r"`((?:GET|POST|PATCH|PUT|DELETE)(?:, (?:GET|POST|PATCH|PUT|DELETE))*) (/[^`?]*)(?:\?([^`]*))?`")


def _documented() -> dict[tuple[str, str], set[str]]:
    found = {}
    for methods, path, query in _REQUEST.findall(read("docs/reference/http-api.md")):
        for method in methods.split(", "):
            found[method, path] = set(query.split("&")) - {""}
    return found


def _served() -> dict[tuple[str, str], set[str]]:
    paths = openapi()["paths"]
    assert isinstance(paths, dict)
    return {
        (method.upper(), path.removeprefix(_PREFIX)): {
            one["name"] for one in request.get("parameters", []) if one["in"] == "query"
        }
        for path, requests in paths.items()
        for method, request in requests.items()
    }


def test_requests_and_their_queries_are_those_of_the_page() -> None:
    assert _documented() == _served()
