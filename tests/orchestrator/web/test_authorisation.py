"""Every route there is, asked by everybody there is; and what other sites' pages try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import fastapi.routing
import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from orchestrator.people.role import Role
from orchestrator.store.transactions import writing
from orchestrator.store.users import add_user, disable_user
from orchestrator.web.application import create_app
from tests.orchestrator.launch.bench_lab import make_lab
from tests.orchestrator.web.people_served import ROLES, People, people_served
from tests.orchestrator.web.who_may import WRITE, decided

_UNKNOWN = ("nobody", "expired token", "disabled user", "wrong token")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people_served(tmp_path_factory.mktemp("people")) as opened:
        yield opened


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Method and path of everything that the application answers."""
    app = create_app(make_lab(tmp_path_factory.mktemp("routes")))
    app.state.service.database.dispose()
    return sorted(set(_asked(app)))


def _asked(app: FastAPI) -> Iterator[tuple[str, str]]:
    for found in _flat(app.routes):
        route, path = getattr(found, "original_route", found), getattr(found, "path", "")
        if isinstance(route, Mount):
            yield "GET", f"{path}/nothing"
        elif isinstance(route, WebSocketRoute):
            yield "WEBSOCKET", path
        else:
            methods = found.methods or ()  # a kind of route without methods fails here, and must be thought of
            yield from ((method, path) for method in methods if method != "HEAD")


def _flat(routes: Any) -> Any:
    """FastAPI had them all in one list before it kept routers as they were included."""
    flat = getattr(fastapi.routing, "iter_route_contexts", iter)
    return flat(routes)


@pytest.fixture(scope="module")
def asking(people: People) -> dict[str, httpx.Client]:
    """Clients by who asks; a role is a program of that role."""
    people.token("adam", Role.ADMIN)  # token 1, which others try to revoke
    clients = {str(role): people.program(people.token(name, role)) for name, role in ROLES.items()}
    clients["nobody"] = people.browser()
    clients["expired token"] = people.program(people.token("adam", Role.ADMIN, expires=2.0))
    clients["wrong token"] = people.program("cellbench_" + "A" * 43)
    with writing(people.engine) as connection:
        add_user(connection, "dora", Role.ADMIN, "x", now=1.0)
    clients["disabled user"] = people.program(people.token("dora", Role.ADMIN))
    with writing(people.engine) as connection:
        disable_user(connection, "dora", now=2.0)
    return clients


def test_every_route_is_decided_upon(routes: list[tuple[str, str]]) -> None:
    undecided = []
    for method, path in routes:
        try:
            decided("GET" if method == "WEBSOCKET" else method, path)
        except KeyError:
            undecided.append((method, path))

    assert undecided == [], "decide who may, in tests/orchestrator/web/who_may.py"
    known = {f"{method} {path.removeprefix('/api/v1/')}" for method, path in routes}
    assert set(WRITE) <= known, "there is no such route any more"
    assert len(routes) > 70


def test_every_route_for_everybody(
    people: People, asking: dict[str, httpx.Client], routes: list[tuple[str, str]]
) -> None:
    wrong = []
    for method, path in routes:
        least = decided("GET" if method == "WEBSOCKET" else method, path)
        for who, http in asking.items():
            status = _status(people.url, http, method, re.sub(r"\{[^}]*\}", "1", path))
            expected = _expected(who, least, method)
            if (status in (401, 403)) != (expected is not None) or (expected is not None and status != expected):
                wrong.append((method, path, who, status))

    assert wrong == []


def _expected(who: str, least: Role | None, method: str) -> int | None:
    """How somebody who may not is refused; None: they may."""
    if least is None:
        return None
    if who in _UNKNOWN:
        return 403 if method == "WEBSOCKET" else 401  # a handshake is refused, whatever the reason
    return None if Role(who).covers(least) else 403


def _status(url: str, http: httpx.Client, method: str, path: str) -> int:
    if method == "WEBSOCKET":
        try:
            headers = {name: value for name, value in http.headers.items() if name == "authorization"}
            with connect(f"{url.replace('http', 'ws', 1)}{path}?topics=service", additional_headers=headers):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
    body: dict[str, Any] = {} if method == "GET" else {"json": {"not": "this"}}
    return http.request(method, f"{url}{path}", **body).status_code


def test_no_page_of_another_site_writes_in_the_name_of_somebody(people: People, routes: list[tuple[str, str]]) -> None:
    """Missing, wrong, and another session's: none of them gets as far as the route."""
    adam, other = people.browser("adam"), people.browser("olga").headers["X-CSRF-Token"]
    mine = adam.headers.pop("X-CSRF-Token")
    passed = []
    for method, path in routes:
        if method in ("GET", "WEBSOCKET") or (method, path) == ("POST", "/api/v1/session"):
            continue
        for forged in ({}, {"X-CSRF-Token": other}, {"X-CSRF-Token": mine[:-1]}, {"X-CSRF-Token": mine.upper()}):
            asked = f"{people.url}{re.sub(r'{[^}]*}', '1', path)}"
            answer = adam.request(method, asked, json={"not": "this"}, headers=forged)
            if answer.status_code != 403 or "load the page again" not in answer.json()["detail"]:
                passed.append((method, path, forged, answer.status_code))

    assert passed == []
    assert adam.get("session").json()["name"] == "adam", "nobody has logged him out"
