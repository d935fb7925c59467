"""The description of the API is complete: what a program meets stands in it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from orchestrator.web.application import create_app
from tests.docs.generated import openapi
from tests.orchestrator.launch.bench_lab import fill, make_lab

BOUNDED = {
    # by the lab file, by what is installed, or by the people of a lab
    "protocols", "campaigns/library", "channels", "chambers", "interlocks", "alarms/receivers", "users", "tokens",
    # by one run or one alarm
    "runs/{run_id}/cycles", "runs/{run_id}/voltammograms", "runs/{run_id}/analyses", "alarms/{alarm_id}/messages",
}  # fmt: skip


@pytest.fixture(scope="module")
def described() -> Any:
    return openapi()


def _operations(described: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in described["paths"].items():
        yield from ((method, path, operation) for method, operation in methods.items())


def test_every_operation_says_what_it_does_who_may_and_how_it_fails(described: Any) -> None:
    for method, path, operation in _operations(described):
        assert operation["description"].strip(), (method, path)
        for status in ("4XX", "5XX"):
            name = operation["responses"][status]["$ref"].removeprefix("#/components/responses/")
            content = described["components"]["responses"][name]["content"]
            assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert operation["x-role"] in ("anybody", "viewer", "operator", "admin")
        assert bool(operation.get("security", described["security"])) == (operation["x-role"] != "anybody"), (
            method,
            path,
        )


def test_generated_clients_have_short_names(described: Any) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(described)]

    assert len(set(names)) == len(names)
    assert not [name for name in names if "api_v1" in name]


def test_every_field_of_every_model_has_an_example_that_fits(described: Any) -> None:
    wrong = []
    for model, schema in described["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            validator = Draft202012Validator({**field, "components": described["components"]})
            wrong += [(model, name, one) for one in field.get("examples", ()) if not validator.is_valid(one)]
            wrong += [(model, name, one) for one in field.get("examples", ()) if one in ("text", ["text"], {})]

    assert wrong == []


def test_lists_that_grow_come_in_pages_or_take_a_limit(described: Any) -> None:
    for method, path, operation in _operations(described):
        content = operation["responses"].get("200", {}).get("content", {})
        answer = content.get("application/json", {}).get("schema", {})
        asked = {one["name"] for one in operation.get("parameters", ())}
        if "$ref" in answer and "Page_" in answer["$ref"]:
            assert {"limit", "offset"} <= asked, path
        if method == "get" and answer.get("type") == "array":
            assert "limit" in asked or path.removeprefix("/api/v1/") in BOUNDED, path


def test_others_are_answered_while_it_is_put_together(tmp_path: Path) -> None:
    lab = make_lab(tmp_path)
    fill(lab)
    app = create_app(lab)
    asked, answered = threading.Event(), threading.Event()

    def slow() -> dict[str, Any]:
        asked.set()
        return {"seen": answered.wait(60)}

    app.openapi = slow  # type: ignore[method-assign]

    async def two_ask() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8321") as http:
            first = asyncio.create_task(http.get("/api/v1/openapi.json"))
            assert await asyncio.to_thread(asked.wait, 60)
            assert (await http.get("/alive")).status_code == 200
            answered.set()
            again = {"If-None-Match": (await first).headers["ETag"]}
            return await first, await http.get("/api/v1/openapi.json", headers=again)

    try:
        first, second = asyncio.run(two_ask())
    finally:
        app.state.service.database.dispose()
    assert first.json() == {"seen": True}
    assert second.status_code == 304
