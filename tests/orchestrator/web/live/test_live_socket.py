"""The WebSocket of the pages over a real socket: who may follow what, and how it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, update
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from orchestrator.people.role import Role
from orchestrator.store.tables import latest, runs
from orchestrator.store.transactions import writing
from orchestrator.store.users import add_user
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab
from tests.orchestrator.web.conftest import Api
from tests.orchestrator.web.served import served

PASSWORD = "copper foil at noon"
SEEN = {"instrument": "bts-1", "channel": "27-21-1-1", "native_state": "working", "observed_unix_s": NOW, "run_id": 1}
CHANNEL = "bts-1/27-21-1-1"


def address(url: str, *topics: str) -> str:
    return f"{url.replace('http', 'ws', 1)}/live?" + "&".join(f"topics={topic}" for topic in topics)


def follow(url: str, *topics: str, **more: Any) -> ClientConnection:
    return connect(address(url, *topics), open_timeout=60, close_timeout=60, **more)


def message(socket: ClientConnection, topic: str) -> dict[str, Any]:
    """The next one about this topic."""
    while True:
        for line in str(socket.recv(60)).split("\n"):
            read: dict[str, Any] = json.loads(line)
            if read.get("topic") == topic:
                return read


def ending(socket: ClientConnection) -> tuple[int | None, str | None]:
    """With what the service closes, after whatever it says before."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(60)
    return socket.close_code, socket.close_reason


def test_a_change_in_the_database_reaches_the_page(api_on_both: Api) -> None:
    api = api_on_both
    api.launch(("L1", "A1"))
    api.write(insert(latest).values(**SEEN, state="running", voltage_V=0.41, current_A=-0.00055))
    api.write(update(runs).values(state="running", started_unix_s=NOW))
    with follow(str(api.http.base_url), "bench", "service") as socket:
        first = message(socket, "bench")
        api.write(update(latest).values(voltage_V=0.39))
        second = message(socket, "bench")

    assert list(first["changed"]) == [CHANNEL, "bts-1/27-21-1-2"]
    row = first["changed"][CHANNEL]
    assert (row["state"], row["voltage"], row["current"], row["cell"]) == ("running", "0.4100 V", "−0.55 mA", "L1")
    assert second == {"topic": "bench", "whole": False, "changed": {CHANNEL: {"voltage": "0.3900 V"}}, "gone": []}


@pytest.mark.parametrize(
    ("query", "header", "reason"),
    [
        ("&language=zh", "en", "启动前已取消"),
        ("&language=en", "zh", "cancelled before it started"),
        ("", "zh", "启动前已取消"),
        ("&language=elvish", "en", "cancelled before it started"),
    ],
)
def test_sentences_are_in_the_language_of_the_page(api: Api, query: str, header: str, reason: str) -> None:
    api.launch(("L1", "A1"))
    api.write(update(runs).values(state="stopped", reason="cancelled before it started"))
    url = address(str(api.http.base_url), "run/1") + query
    headers = {"Accept-Language": header}
    with connect(url, open_timeout=60, close_timeout=60, additional_headers=headers) as socket:
        first = message(socket, "run/1")

    assert first["changed"]["run"]["reason"] == reason


def test_there_is_no_such_topic(api: Api) -> None:
    with pytest.raises(InvalidStatus) as refused:
        follow(str(api.http.base_url), "bench", "everything")
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null"])
def test_a_page_of_another_site_is_not_answered(api: Api, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        follow(str(api.http.base_url), "bench", additional_headers={"Origin": origin})
    assert refused.value.response.status_code == 403


def test_a_page_of_this_service_is(api: Api) -> None:
    url = str(api.http.base_url)
    with follow(url, "service", additional_headers={"Origin": url.rstrip("/")}) as socket:
        assert message(socket, "service")["whole"]


def test_what_a_page_says_harms_nobody(api: Api) -> None:
    with follow(str(api.http.base_url), "service") as socket:
        socket.send("stop everything")
        socket.send(b"\x00")
        assert message(socket, "service")["whole"]
        assert "now_unix_s" in str(socket.recv(60))


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[str]:
    """Address of a lab where people log in, and vera is one of them."""
    lab = make_lab(tmp_path, login="required")
    fill(lab)
    with served(lab) as (url, engine):
        with writing(engine) as connection:
            hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
            add_user(connection, "vera", Role.VIEWER, hashed, now=1.0)
        yield url


def test_without_a_login_there_is_no_stream(guarded: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        follow(guarded, "bench")
    assert refused.value.response.status_code == 403


def test_who_logs_out_is_shown_no_more(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.web.live.socket._ASKED_AGAIN_S", 0.05)
    with httpx.Client(base_url=guarded, timeout=120) as browser:
        session = browser.post("/api/v1/session", json={"name": "vera", "password": PASSWORD}).json()
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        with follow(guarded, "service", additional_headers={"Cookie": cookie}) as socket:
            assert message(socket, "service")["whole"]
            browser.delete("/api/v1/session", headers={"X-CSRF-Token": session["csrf_token"]})
            assert ending(socket) == (1008, "log in first")


def test_an_open_page_does_not_hold_up_the_end_of_the_service(tmp_path: Path) -> None:
    lab = make_lab(tmp_path)
    fill(lab)
    with ExitStack() as stack:
        with served(lab, grace_s=50) as (url, _engine):
            pages = [stack.enter_context(follow(url, "bench", "service")) for _ in range(3)]
            for page in pages:
                message(page, "bench")
            began = time.monotonic()
        assert time.monotonic() - began < 25, "the pages were waited for"
        assert {ending(page)[0] for page in pages} == {1012}  # the service restarts: pages come back by themselves


def test_no_more_pages_than_a_lab_has_people(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.web.live.hub._PAGES_MAX", 1)
    url = str(api.http.base_url)
    with follow(url, "service") as socket:
        message(socket, "service")
        with pytest.raises(InvalidStatus):
            follow(url, "service")
