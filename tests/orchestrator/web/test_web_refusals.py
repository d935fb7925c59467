from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config import WebPlace
from orchestrator.exit_codes import CANNOT_START
from orchestrator.web.guard import BODY_MAX
from orchestrator.web.refusal import WebRefused
from orchestrator.web.server import listen, run_web
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.conftest import Api, open_api
from tests.orchestrator.web.served import served

WRITES = ("cells", "runs", "runs/1/pause", "stop-all", "protocols/check", "protocols/plan", "alarms/1/acknowledge")
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One service for all of them: what is refused leaves nothing behind."""
    lab = make_lab(tmp_path_factory.mktemp("refusals"))
    fill(lab)
    yield from open_api(lab)


def is_problem(answer: httpx.Response) -> bool:
    """One line in ``detail``, one line for each problem, and the same status inside as outside."""
    body = answer.json()
    lines = [body["detail"], *body["problems"]]
    return (
        answer.headers["content-type"] == "application/problem+json"
        and body["status"] == answer.status_code
        and bool(body["problems"])
        and all(line and "\n" not in line for line in lines)
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("DELETE", "runs/1", 405),
        ("GET", "runs/0", 422),
        ("GET", "runs/99999999999999999999", 422),
        ("GET", "runs/1e3", 422),
        ("GET", "runs?limit=0", 422),
        ("GET", "runs?state=%00", 422),
        ("GET", "events?after=-1", 422),
        ("GET", "runs/1/records?start_s=nan", 422),
        ("GET", "runs/1/records?buckets=1000000", 422),
        ("GET", "runs/1/records.exe", 422),
        ("GET", "cells/%ff%fe", 404),
    ],
)
def test_every_error_is_a_problem_of_one_line(api: Api, method: str, path: str, status: int) -> None:
    answer = api.http.request(method, f"/api/v1/{path}")

    assert answer.status_code == status, answer.text
    assert is_problem(answer)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 422),
        (b'{"id": "x", "actor": "\\ud800"}', 422),
        (b'{"id": "a\\u0000b", "actor": "anna"}', 422),
        (b'{"id": "x", "actor": "anna", "active_mass_g": NaN}', 422),
        (b'{"id": "x", "actor": "anna", "active_mass_g": 1e999}', 422),
        (b'{"id": "x", "actor": "anna", "active_mass_g": -1}', 422),
        (b'{"id": "x", "actor": "anna", "masss": 1}', 422),
        (b'{"id": "a b", "actor": "anna"}', 422),
        (b'{"id": "x", "actor": "anna", "material": "a\\nb"}', 422),
        (b'{"id": "x", "actor": "anna", "metadata": {"\\u0000": "b"}}', 422),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(api: Api, content: bytes, status: int) -> None:
    answer = api.http.post("/api/v1/cells", content=content, headers=JSON)

    assert (answer.status_code, is_problem(answer)) == (status, True), answer.text
    assert len(api.get("cells")) == 2


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8321", "192.0.2.1", ""])
def test_a_name_that_is_not_ours_is_refused_so_that_dns_rebinding_fails(api: Api, host: str) -> None:
    answer = api.http.get("/api/v1/runs", headers={"Host": host})

    assert (answer.status_code, is_problem(answer)) == (421, True)


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_page_from_elsewhere_cannot_write_without_asking(api: Api, path: str, kind: str) -> None:
    body = json.dumps({"actor": "mallory", "id": "x", "reason": "x"})
    answer = api.http.post(f"/api/v1/{path}", content=body, headers={"Content-Type": kind})

    assert (answer.status_code, is_problem(answer)) == (415, True)
    asked = api.http.options(f"/api/v1/{path}", headers={"Origin": "http://evil.example"})
    assert not [name for name in asked.headers if name.startswith("access-control-")]


def test_a_body_is_bounded_announced_or_not(api: Api) -> None:
    large = b'"' + b"x" * BODY_MAX + b'"'

    def chunks() -> Iterator[bytes]:
        yield from (large[start : start + 65_536] for start in range(0, len(large), 65_536))

    announced = api.http.post("/api/v1/protocols/check", content=large, headers=JSON)
    streamed = api.http.post("/api/v1/protocols/check", content=chunks(), headers=JSON)

    assert (announced.status_code, is_problem(announced)) == (413, True)
    assert (streamed.status_code, is_problem(streamed)) == (400, True)


_SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_JSON = st.recursive(_SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
_KEYS = ("actor", "id", "protocol", "source", "placements", "parameters", "cell", "bench", "properties", "name")
_KNOWN = st.sampled_from(["L1", "BARE", "A1", "formation", "rate-ladder", "anna", "bts-1/1"])
_PLACEMENT = st.fixed_dictionaries({"cell": _KNOWN | st.text(), "bench": _KNOWN | st.text()})
_BODY = st.dictionaries(st.sampled_from(_KEYS), _KNOWN | _JSON | st.lists(_PLACEMENT, max_size=2), max_size=6)


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(WRITES), body=_BODY | _JSON)
def test_no_body_whatever_is_an_internal_error(api: Api, path: str, body: Any) -> None:
    answer = api.http.post(f"/api/v1/{path}", content=json.dumps(body), headers=JSON)

    assert answer.status_code < 500, answer.text
    assert answer.status_code < 400 or is_problem(answer)


@settings(max_examples=50, deadline=None)
@given(
    path=st.sampled_from(["runs", "events", "alarms", "runs/1", "runs/1/records", "runs/1/cycles", "cells"]),
    query=st.dictionaries(
        st.sampled_from(["state", "cell", "active", "limit", "offset", "after", "start_s", "end_s", "buckets", "open"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.integers().map(str) | st.floats().map(str),
        max_size=4,
    ),
)
def test_no_query_whatever_is_an_internal_error(api: Api, path: str, query: dict[str, str]) -> None:
    answer = api.http.get(f"/api/v1/{path}", params=query)

    assert answer.status_code < 500, answer.text
    assert answer.status_code < 400 or is_problem(answer)


def test_a_bug_is_one_line_to_the_client_and_a_traceback_in_the_log(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lab = make_lab(tmp_path)
    fill(lab)
    monkeypatch.setattr("orchestrator.web.routes.cells.list_cells", lambda *_some, **_more: 1 / 0)
    with served(lab) as (url, _), caplog.at_level(logging.ERROR, "orchestrator.web"):
        answer = httpx.get(f"{url}/api/v1/cells", timeout=120)

    assert (answer.status_code, is_problem(answer)) == (500, True)
    assert "ZeroDivisionError" in answer.json()["detail"]
    assert caplog.records[0].exc_info is not None


def test_a_database_that_is_away_is_a_problem_of_the_moment(tmp_path: Any) -> None:
    lab = make_lab(tmp_path, "postgresql://127.0.0.1:9/none")
    with served(lab) as (url, _):
        answer = httpx.get(f"{url}/api/v1/runs", timeout=120)
        health = httpx.get(f"{url}/api/v1/health", timeout=120)

    assert (answer.status_code, is_problem(answer)) == (503, True)
    assert health.status_code == 503
    assert not health.json()["ok"]
    assert "127.0.0.1:9" in health.json()["database"]


def test_without_logins_the_api_is_not_offered_to_the_network() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "lab-pc", "::"):
        with pytest.raises(WebRefused, match=r"open to the network; that takes logins"):
            listen(WebPlace(host, login=False))


def test_with_logins_it_may_be() -> None:
    with listen(WebPlace("0.0.0.0", port=0)) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def test_what_cannot_start_says_why_in_one_line(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        lab = make_lab(tmp_path, port=taken.getsockname()[1])
        empty = run_web(lab)
        fill(lab)
        busy = run_web(lab)

    first, second = capsys.readouterr().err.splitlines()
    assert (empty, busy) == (CANNOT_START, CANNOT_START)
    assert first == "cellbench web: database: it has no tables yet; run `cellbench db upgrade`"
    assert f"127.0.0.1:{lab.web.port}" in second
    assert "is the service running already?" in second


def test_health_follows_the_node(api: Api) -> None:
    before = api.http.get("/api/v1/health")

    assert (before.status_code, before.json()["database"], before.json()["simulated"]) == (503, "ok", True)
    assert before.json()["instruments"][0]["fresh"] is False


def test_openapi_describes_everything_and_nothing_comes_from_elsewhere(api: Api) -> None:
    schema = api.get("openapi.json")
    page = api.http.get("/api").text

    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path} has no description"
            assert "4XX" in operation["responses"], f"{method} {path} does not tell of problems"
    for link in page.split('href="')[1:]:
        assert api.http.get(link.split('"')[0]).status_code in (200, 503)
    assert "http" not in page
    assert api.http.get("/docs").status_code == 404
