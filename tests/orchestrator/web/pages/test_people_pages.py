"""Logging in, the pages of people, and what a person sees where something does not exist or is not allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from orchestrator.people.role import Role
from orchestrator.people.secret import fingerprint, new_token
from orchestrator.store.tokens import add_token
from orchestrator.store.transactions import writing
from orchestrator.store.users import add_user, disable_user
from orchestrator.web.pages.local_path import local_path
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.served import served

PASSWORD = "slurry mixed by hand"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_PEOPLE = {"vera": Role.VIEWER, "olga": Role.OPERATOR, "adam": Role.ADMIN}
HTML = {"Accept": "text/html,application/xhtml+xml"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Site:
    url: str
    engine: Engine

    @contextmanager
    def browser(self, name: str | None = None, **headers: str) -> Iterator[httpx.Client]:
        """A browser, logged in where a name is given."""
        with httpx.Client(base_url=self.url, timeout=120, headers={**HTML, **headers}) as client:
            if name is not None:
                answer = client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
                client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
            yield client

    def text(self, path: str, name: str) -> str:
        with self.browser(name) as http:
            answer = http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nobody may log in yet."""
    lab = make_lab(tmp_path_factory.mktemp("empty"), login="required")
    fill(lab)
    with served(lab) as (url, engine):
        yield Site(url, engine)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    lab = make_lab(tmp_path_factory.mktemp("people"), login="required")
    fill(lab)
    with served(lab) as (url, engine):
        with writing(engine) as connection:
            for name, role in _PEOPLE.items():
                add_user(connection, name, role, _HASH, now=1.0)
        yield Site(url, engine)


# ---- logging in


def test_where_nobody_can_log_in_yet_the_page_says_how(empty: Site, site: Site) -> None:
    with empty.browser() as http:
        assert "cellbench user add NAME --role admin" in http.get("/login").text
    with site.browser() as http:
        assert "cellbench user add" not in http.get("/login").text


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/", "/login"),
        ("/runs/17", "/login?back=/runs/17"),
        ("/runs?cell=A+B&x=1", "/login?back=/runs%3Fcell%3DA%2BB%26x%3D1"),
    ],
)
def test_a_person_comes_to_the_login_and_from_there_back(site: Site, path: str, login: str) -> None:
    with site.browser() as http:
        answer = http.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, login)
        form = http.get(login).text
    assert f'data-back="{path.replace("&", "&amp;")}"' in form


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/a\\b"],
)
def test_nobody_is_sent_elsewhere(site: Site, back: str) -> None:
    assert local_path(back) == "/"
    with site.browser() as http:
        assert 'data-back="/"' in http.get("/login", params={"back": back}).text
        assert http.get("/language/zh", params={"back": back}).headers["location"] == "/"


def test_the_login_page_is_in_the_language_of_the_browser(site: Site) -> None:
    with site.browser(**{"Accept-Language": "zh-CN,zh;q=0.9"}) as http:
        page, words = http.get("/login").text, http.get("/words/zh.json")

    assert '<html lang="zh"' in page
    assert ">登录<" in page
    assert words.json()["Name or password is wrong."] != "Name or password is wrong."


def test_without_logins_there_is_none(tmp_path: Path) -> None:
    lab = make_lab(tmp_path)
    fill(lab)
    with served(lab) as (url, _), httpx.Client(base_url=url, headers=HTML, timeout=120) as http:
        answer = http.get("/login?back=/runs")
        assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
        assert [http.get(path).status_code for path in ("/people", "/me")] == [409, 409]
        assert "the lab has no logins" in http.get("/me").text


# ---- people


def test_an_admin_sees_everybody_and_cannot_shut_out_the_only_admin(site: Site) -> None:
    with writing(site.engine) as connection:
        add_user(connection, "gone", Role.ADMIN, _HASH, now=1.0)
        disable_user(connection, "gone", now=2.0)
    page = site.text("/people", "adam")

    assert re.findall(r'data-disable="(\w+)"', page) == ["olga", "vera"]
    assert re.findall(r'data-enable="(\w+)"', page) == ["gone"]
    assert "the only admin" in page
    assert re.findall(r'data-role-of="(\w+)"[^>]* disabled', page) == ["adam", "gone"]


@pytest.mark.parametrize("name", ["vera", "olga"])
def test_nobody_else_sees_people(site: Site, name: str) -> None:
    with site.browser(name) as http:
        answer = http.get("/people")

    assert answer.status_code == 403
    assert "You may not see this page" in answer.text
    assert "ask an admin of the lab" in answer.text
    assert 'href="/people"' not in answer.text


def test_one_sees_ones_own_tokens_without_their_secret(site: Site) -> None:
    secret = new_token()
    with writing(site.engine) as connection:
        for name, label in (("vera", "<b>night script</b>"), ("olga", "of olga")):
            stored = fingerprint(secret + name)
            add_token(connection, name, stored, label, Role.VIEWER, now=1.0, expires=4e9)
    page = site.text("/me", "vera")

    assert "&lt;b&gt;night script&lt;/b&gt;" in page
    assert "of olga" not in page
    assert secret not in page
    assert re.findall(r'<option value="(\w+)">', page.split('id="new-token"')[1]) == ["viewer"]
    assert "of olga" in site.text("/people", "adam")


def test_logging_out_everywhere_ends_every_session_of_this_person_alone(site: Site) -> None:
    with site.browser("olga") as here, site.browser("olga") as there, site.browser("vera") as vera:
        assert here.get("/me").text.count("another browser") >= 1
        assert here.delete("/api/v1/session?everywhere=true", headers=JSON).status_code == 204
        assert [http.get("/me").status_code for http in (here, there, vera)] == [303, 303, 200]


# ---- problems as pages


def test_a_person_sees_a_page_and_a_program_a_problem(site: Site) -> None:
    with site.browser("vera") as http:
        page = http.get("/<script>alert(1)</script>")
        api = http.get("/api/v1/nothing")
        part = http.get("/nothing", headers={"HX-Request": "true"})
        program = http.get("/nothing", headers={"Accept": "*/*"})

    assert [one.status_code for one in (page, api, part, program)] == [404] * 4
    assert "There is no such page" in page.text
    assert 'href="/runs"' in page.text, "within the frame of all pages"
    assert "<script>alert" not in page.text
    for answer in (api, part, program):
        assert answer.headers["content-type"] == "application/problem+json"
