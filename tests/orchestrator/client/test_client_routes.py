"""The client and the OpenAPI document hold each other: every route has a method, every method a route."""

from __future__ import annotations

import inspect
import io
import re
import typing
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from pydantic import BaseModel

from orchestrator.client import Client
from orchestrator.client.connection import Connection
from tests.docs.generated import openapi
from tests.orchestrator.client.example_answer import example_answer

API = "/api/v1/"
FOR_BROWSERS_ALONE = {"POST session", "DELETE session", "POST session/password"}
"""A program has a token: it never logs in, and has no session and no password."""
Route = tuple[str, Any]


@dataclass
class Service:
    """Answers every request with what the OpenAPI document gives for it, and notes how it was asked."""

    described: Mapping[str, Any]
    asked: dict[str, set[str]] = field(default_factory=dict)
    """By route the names of all queries that were ever sent with it."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name, operation = self._route(request.method, request.url.raw_path.decode().partition("?")[0])
        self.asked.setdefault(name, set()).update(request.url.params.keys())
        status, answer = next(one for one in operation["responses"].items() if one[0].startswith("2"))
        media_type, content = next(iter(answer["content"].items()))
        if media_type == "application/json":
            return httpx.Response(int(status), json=example_answer(self.described, content["schema"]))
        stream = _ARROW if request.url.path.endswith(".arrow") else _ZIP
        return httpx.Response(int(status), content=stream, headers={"Content-Type": media_type})

    def routes(self) -> Iterator[tuple[str, str, Any]]:
        for path, methods in self.described["paths"].items():
            for method, operation in methods.items():
                yield f"{method.upper()} {path.removeprefix(API)}", path, operation

    def _route(self, method: str, asked: str) -> Route:
        fixed_first = sorted(self.routes(), key=lambda one: one[1].count("{"))
        for name, path, operation in fixed_first:
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
            if name.startswith(f"{method} ") and re.fullmatch(pattern, asked):
                return name, operation
        raise AssertionError(f"the API has no route for {method} {asked}")


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.csv", "a")
    return packed.getvalue()


def _arrow() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, pa.schema([("voltage_V", pa.float64())])):
        pass
    return sink.getvalue()


_ZIP, _ARROW = _zip(), _arrow()


def values(kind: Any, folder: Path) -> list[Any]:
    """Arguments of this type: each kind that a method tells apart."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return list(inner)
    if origin in (typing.Union, UnionType):
        return [one for part in inner if part is not type(None) for one in values(part, folder)]
    if origin in (Sequence, list):
        return [values(inner[0], folder)[:1]]
    if origin is not None:
        return [{}]
    if issubclass(kind, BaseModel):
        return [kind.model_construct()]
    plain: dict[type, Any] = {int: 7, float: 1.5, str: "L-ä", bool: True, Path: folder / "file"}
    return [plain[kind]]


def calls(name: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Arguments with which a method is called: all of its parameters are given, each with every kind of value."""
    method = getattr(Client, name)
    told = typing.get_type_hints(method, localns={"np": np, "npt": npt})
    given = {one: values(told[one], folder) for one in inspect.signature(method).parameters if one != "self"}
    if "folder" in given:
        given["folder"] = [folder]
    for turn in range(max(map(len, given.values()), default=1)):
        yield {one: of[min(turn, len(of) - 1)] for one, of in given.items()}


METHODS = [name for name in dir(Client) if not name.startswith("_") and name not in dir(Connection)]


@pytest.fixture(scope="module")
def service() -> Service:
    return Service(openapi())


@pytest.fixture(scope="module")
def asked(service: Service, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every method is called; each must read the answer that the document describes."""
    with Client("http://127.0.0.1:1", transport=httpx.MockTransport(service)) as client:
        for name in METHODS:
            for arguments in calls(name, tmp_path_factory.mktemp(name)):
                getattr(client, name)(**arguments)
    return service.asked


def test_every_route_has_a_method(service: Service, asked: dict[str, set[str]]) -> None:
    offered = {name for name, _, _ in service.routes()}

    assert offered >= FOR_BROWSERS_ALONE
    assert offered - asked.keys() == FOR_BROWSERS_ALONE


def test_every_query_of_a_route_can_be_asked_and_no_other(service: Service, asked: dict[str, set[str]]) -> None:
    offered = {
        name: {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        for name, _, operation in service.routes()
        if name not in FOR_BROWSERS_ALONE
    }

    assert asked == offered
