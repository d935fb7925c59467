"""Who may ask what: logins, roles, tokens, and requests that other sites' pages make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from orchestrator.people.role import Role
from orchestrator.store.login_sessions import IDLE_MAX_s
from orchestrator.store.tables import events, login_sessions, tokens, users
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.people_served import PASSWORDS, People, people_served
from tests.orchestrator.web.served import served


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with people_served(tmp_path) as opened:
        yield opened


# ---- who is it


def test_the_login_page_takes_nothing_from_elsewhere_and_runs_no_script_of_its_own(people: People) -> None:
    page = httpx.get(f"{people.url}/login", timeout=120)
    files = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert "/static/js/login.js" in files
    assert {httpx.get(f"{people.url}{one}", follow_redirects=False, timeout=120).status_code for one in files} == {
        200,
        303,
    }
    assert not [one for one in files if not re.match("/static/|/language/", one)]
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert not re.search(r"<script>|<style>|\son\w+=", page.text)
    assert httpx.get(f"{people.url}/static/../application.py", timeout=120).status_code in (401, 404)
    assert httpx.get(f"{people.url}/static/%2e%2e/application.py", timeout=120).status_code in (401, 404)


def test_nobody_sees_anything_without_logging_in(people: People) -> None:
    http = people.browser()
    for path in ("runs", "channels", "health", "openapi.json", "users", "nothing/here"):
        answer = http.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "CELLBENCH_TOKEN" in answer.json()["detail"]


def test_only_that_it_is_alive_is_told_to_everybody(people: People) -> None:
    answer = httpx.get(f"{people.url}/alive", timeout=120)

    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_a_page_is_sent_to_the_login(people: People) -> None:
    answer = httpx.get(f"{people.url}/", headers={"Accept": "text/html"}, follow_redirects=False, timeout=120)

    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_logging_in_and_out(people: People) -> None:
    http = people.browser("olga")
    assert http.get("session").json() | {"csrf_token": None} == {
        "name": "olga", "role": "operator", "token": None, "csrf_token": None,
    }  # fmt: skip
    assert http.delete("session", headers={"Content-Type": "application/json"}).status_code == 204
    assert http.get("session").status_code == 401
    assert any(line.startswith("olga: logged in from 127.0.0.1") for line in people.log())


def test_the_cookie_is_of_no_use_to_scripts_and_to_other_sites(people: People) -> None:
    answer = people.browser().post("session", json={"name": "vera", "password": PASSWORDS["vera"]})

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie, "there is no TLS here"
    behind_tls = people.browser().post(
        "session", json={"name": "vera", "password": PASSWORDS["vera"]}, headers={"X-Forwarded-Proto": "https"}
    )
    assert "Secure" in behind_tls.headers["set-cookie"]


def test_neither_password_nor_cookie_nor_token_is_in_the_database(people: People) -> None:
    http = people.browser("olga")
    secret = people.token("olga", Role.VIEWER)
    with reading(people.engine) as connection:
        kept = str([connection.execute(select(table)).all() for table in (users, login_sessions, tokens, events)])

    assert http.cookies["cellbench_session"] not in kept
    assert secret not in kept
    assert not [password for password in PASSWORDS.values() if password in kept]


@pytest.mark.parametrize(("name", "password"), [("olga", "wrong"), ("nobody", "wrong"), ("olga", PASSWORDS["vera"])])
def test_a_wrong_login_does_not_say_what_is_wrong(people: People, name: str, password: str) -> None:
    answer = people.browser().post("session", json={"name": name, "password": password})

    assert (answer.status_code, answer.json()["detail"]) == (401, "name or password is wrong")
    assert "set-cookie" not in answer.headers
    assert any(f"failed login as {name!r}" in line for line in people.log())


def test_after_five_failures_the_right_password_waits_too(people: People) -> None:
    http = people.browser()
    for _ in range(5):
        assert http.post("session", json={"name": "olga", "password": "wrong"}).status_code == 401
    answer = http.post("session", json={"name": "olga", "password": PASSWORDS["olga"]})

    assert answer.status_code == 429
    assert 800 < int(answer.headers["Retry-After"]) <= 900
    assert people.browser("vera").get("session").status_code == 200


def test_an_idle_session_ends(people: People) -> None:
    http = people.browser("vera")
    with writing(people.engine) as connection:
        idle = login_sessions.c.seen_unix_s - IDLE_MAX_s
        connection.execute(update(login_sessions).values(seen_unix_s=idle))

    assert http.get("session").status_code == 401


def test_a_session_of_one_who_is_shut_out_ends_at_once(people: People) -> None:
    vera, adam = people.browser("vera"), people.browser("adam")
    assert adam.patch("users/vera", json={"disabled": True}).json()["disabled_unix_s"] is not None

    assert vera.get("session").status_code == 401
    assert vera.post("session", json={"name": "vera", "password": PASSWORDS["vera"]}).status_code == 401
    assert adam.patch("users/vera", json={"disabled": False}).status_code == 200
    assert people.browser("vera").get("session").status_code == 200


def test_a_changed_password_ends_the_sessions(people: People) -> None:
    here, there = people.browser("vera"), people.browser("vera")
    body = {"old_password": PASSWORDS["vera"], "new_password": "a quite new sentence"}
    assert here.post("session/password", json=body).status_code == 204

    assert [one.get("session").status_code for one in (here, there)] == [401, 401]
    assert people.browser("vera", "a quite new sentence").get("session").status_code == 200


def test_a_password_is_changed_only_by_one_who_knows_it(people: People) -> None:
    wrong = {"old_password": "wrong", "new_password": "a quite new sentence"}
    weak = {"old_password": PASSWORDS["vera"], "new_password": "short"}

    assert people.browser("vera").post("session/password", json=wrong).status_code == 401
    assert people.browser("vera").post("session/password", json=weak).status_code == 422
    by_token = people.program(people.token("adam", Role.ADMIN))
    right = {"old_password": PASSWORDS["adam"], "new_password": "a quite new sentence"}
    assert by_token.post("session/password", json=right).status_code == 409


# ---- other sites


def test_what_a_browser_writes_carries_the_token_of_its_page(people: People) -> None:
    http = people.browser("olga")
    other = people.browser("vera").headers["X-CSRF-Token"]
    for header in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": other}, {"X-CSRF-Token": "ü".encode("latin-1")}):
        answer = http.post("stop-all", json={}, headers=header)
        assert (answer.status_code, "load the page again" in answer.json()["detail"]) == (403, True)
    assert http.post("stop-all", json={}).status_code == 200


# ---- programs


def test_a_program_asks_in_a_persons_name(people: People) -> None:
    http = people.program(people.token("olga", Role.OPERATOR))
    assert http.post("cells", json={"id": "N1", "actor": "somebody else"}).status_code == 201

    assert "olga (token a test): cell N1 added" in people.log()


@pytest.mark.parametrize("secret", ["", "cellbench_", "x", "cellbench_" + "A" * 43])
def test_a_token_that_nobody_made(people: People, secret: str) -> None:
    assert people.program(secret or "none").get("session").status_code == 401


def test_other_ways_of_authorisation_are_none(people: People) -> None:
    http = people.browser("adam")
    assert http.get("session", headers={"Authorization": "Basic YWRhbTpnbG92ZQ=="}).status_code == 401


def test_a_token_ends(people: People) -> None:
    assert people.program(people.token("olga", Role.VIEWER, expires=2.0)).get("session").status_code == 401
    olga = people.browser("olga")
    made = olga.post("tokens", json={"label": "night script", "role": "viewer", "days": 1}).json()
    program = people.program(made["secret"])
    assert program.get("session").json()["token"] == "night script"
    assert olga.delete(f"tokens/{made['id']}", headers={"Content-Type": "application/json"}).status_code == 200
    assert program.get("session").status_code == 401
    (listed,) = (one for one in olga.get("tokens").json() if one["id"] == made["id"])
    assert "secret" not in listed
    assert listed["used_unix_s"] is not None


def test_a_token_may_never_do_more_than_its_person(people: People) -> None:
    olga, adam = people.browser("olga"), people.browser("adam")
    assert olga.post("tokens", json={"label": "x", "role": "admin"}).status_code == 409
    program = people.program(people.token("olga", Role.OPERATOR))
    assert program.get("session").json()["role"] == "operator"
    adam.patch("users/olga", json={"role": "viewer"})
    assert program.get("session").json()["role"] == "viewer"
    assert program.post("cells", json={"id": "N1"}).status_code == 403
    reader = people.program(people.token("adam", Role.VIEWER))
    assert reader.post("tokens", json={"label": "x", "role": "admin"}).status_code == 409


def test_of_tokens_one_sees_and_revokes_ones_own_an_admin_everybodys(people: People) -> None:
    people.token("adam", Role.ADMIN)
    olga = people.browser("olga")
    adam = people.browser("adam")
    assert olga.get("tokens").json() == []
    (listed,) = adam.get("tokens").json()
    json_header = {"Content-Type": "application/json"}
    assert olga.delete(f"tokens/{listed['id']}", headers=json_header).status_code == 404
    assert adam.delete(f"tokens/{listed['id']}", headers=json_header).json()["revoked_unix_s"] is not None


def test_the_log_names_who_is_logged_in_whatever_is_written(people: People) -> None:
    olga = people.browser("olga")
    assert olga.post("cells", json={"id": "N1", "actor": "mallory"}).status_code == 201

    assert "olga: cell N1 added" in people.log()
    assert not [line for line in people.log() if "mallory" in line]


def test_the_last_admin_stays(people: People) -> None:
    adam = people.browser("adam")
    for change in ({"role": "viewer"}, {"disabled": True}):
        answer = adam.patch("users/adam", json=change)
        assert (answer.status_code, "only admin" in answer.json()["detail"]) == (409, True)
    assert adam.patch("users/olga", json={"role": "admin"}).status_code == 200
    assert adam.patch("users/adam", json={"role": "viewer"}).json()["role"] == "viewer"
    assert adam.get("users").status_code == 403


def test_new_people(people: People) -> None:
    adam = people.browser("adam")
    added = adam.post("users", json={"name": "li.wei", "role": "operator", "password": "a long enough one"})
    assert (added.status_code, added.json()["role"]) == (201, "operator")
    again = adam.post("users", json={"name": "li.wei", "role": "viewer", "password": "a long enough one"})
    weak = adam.post("users", json={"name": "li.wu", "role": "viewer", "password": "short"})
    odd = adam.post("users", json={"name": "Li Wu", "role": "viewer", "password": "a long enough one"})
    nobody = adam.patch("users/nobody", json={"role": "viewer"})
    assert [one.status_code for one in (again, weak, odd, nobody)] == [409, 422, 422, 404]
    assert people.browser("li.wei", "a long enough one").get("session").json()["role"] == "operator"
    assert "adam: user li.wei added as operator" in people.log()


def test_where_the_lab_has_no_logins_one_says_who_one_is(tmp_path: Path) -> None:
    lab = make_lab(tmp_path)
    fill(lab)
    with served(lab) as (url, _), httpx.Client(base_url=f"{url}/api/v1/", timeout=120) as http:
        assert http.get("session").json()["name"] is None
        assert http.post("cells", json={"id": "N1"}).status_code == 422
        assert http.post("session", json={"name": "x", "password": "y"}).status_code == 409
        assert http.post("tokens", json={"label": "x"}).status_code == 409
