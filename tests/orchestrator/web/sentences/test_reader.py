"""Sentences are in the language of whoever asks; what is stored, and what a program gets, is English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from orchestrator.run_state import RunState
from orchestrator.store.alarms import raise_alarm
from orchestrator.store.runs import set_state
from orchestrator.store.tables import alarms, events, runs
from orchestrator.store.transactions import reading, writing
from orchestrator.web.pages.language import LANGUAGE_COOKIE
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab
from tests.orchestrator.web.conftest import Api, open_api

BROWSER = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
NOWHERE = {"protocol": "formation", "placements": [{"cell": "L1", "bench": "Z9"}], "actor": "anna"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """With a run that was cancelled, and an alarm."""
    lab = make_lab(tmp_path_factory.mktemp("reader"))
    fill(lab)
    for api in open_api(lab):
        api.launch(("L1", "A1"))
        with writing(api.engine) as connection:
            set_state(connection, 1, RunState.STOPPED, now=NOW, reason="cancelled before it started")
            raise_alarm(connection, source="run 1", message="bts-1: no answer for 12 s", now=NOW, severity="critical")
        yield api


def asked(api: Api, path: str, **headers: str) -> Any:
    return api.http.get(f"/api/v1/{path}", headers=headers).json()


def test_a_refusal_is_told_in_the_language_of_whoever_asked(api: Api) -> None:
    program = api.http.post("/api/v1/runs", json=NOWHERE)
    browser = api.http.post("/api/v1/runs", json=NOWHERE, headers=BROWSER)

    assert program.status_code == browser.status_code == httpx.codes.CONFLICT
    assert program.json()["problems"][0].startswith("bench Z9 is not in the lab file; ")
    assert browser.json()["problems"][0].startswith("工位 Z9 不在实验室文件中；")
    assert browser.json()["detail"] == browser.json()["problems"][0]


@pytest.mark.parametrize(
    ("method", "path", "sent", "said"),
    [
        ("GET", "runs?limit=0", None, "limit：应大于或等于 1"),
        ("GET", "runs/1e3", None, "run_id：应为整数，所写内容不是整数"),
        ("GET", "nothing", None, "未找到"),
        ("DELETE", "runs/1", None, "不允许此方法"),
        ("POST", "runs", {"protocol": "", "placements": [], "more": 1}, "protocol：至少应有 1 个字符"),
        ("POST", "runs", {"protocol": "", "placements": [], "more": 1}, "placements：至少应有 1 项"),
        ("POST", "runs", {"protocol": "", "placements": [], "more": 1}, "more：不允许此字段"),
        ("POST", "cells", {"id": "L7", "active_mass_g": -1, "actor": "anna"}, "active_mass_g：应大于 0"),
        ("POST", "cells", {"id": "L7", "active_mass_g": "much"}, "active_mass_g：应为数，所写内容不是数"),
        ("POST", "cells", {"actor": "anna"}, "id：必须填写"),
    ],
)
def test_what_is_wrong_with_a_field_is_told_in_it_too(api: Api, method: str, path: str, sent: Any, said: str) -> None:
    answer = api.http.request(method, f"/api/v1/{path}", json=sent, headers=BROWSER)

    assert answer.status_code in (404, 405, 422)
    assert said in answer.json()["problems"]
    assert not [line for line in answer.json()["problems"] if "should" in line]


def test_what_was_chosen_on_the_pages_counts_more_than_what_the_browser_asks_for(api: Api) -> None:
    cookie = f"{LANGUAGE_COOKIE}=en"

    assert asked(api, "runs/1", Cookie=cookie, **BROWSER)["reason"] == "cancelled before it started"


def test_reasons_marks_and_the_plan_are_in_the_language_of_whoever_asked(api: Api) -> None:
    run, marks = asked(api, "runs/1", **BROWSER), asked(api, "runs/1/marks", **BROWSER)["marks"]

    assert run["reason"] == "启动前已取消"
    assert run["state"] == "stopped"
    assert {"bts-1：12 秒没有应答", "排队中 → 已停止：启动前已取消", "电芯 L1 上的 formation"} <= {
        mark["message"] for mark in marks
    }
    assert run["description"][0].startswith("程序段 1：限值")


def test_a_program_gets_english_and_english_is_what_is_stored(api: Api) -> None:
    asked(api, "runs/1", **BROWSER)

    assert api.get("runs/1")["reason"] == "cancelled before it started"
    with reading(api.engine) as connection:
        assert connection.execute(select(runs.c.reason)).scalar() == "cancelled before it started"
        assert connection.execute(select(alarms.c.message)).scalar() == "bts-1: no answer for 12 s"
        assert "formation on L1" in connection.execute(select(events.c.message)).scalars().all()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/runs/1", "启动前已取消"),
        ("/runs", "启动前已取消"),
        ("/cells/L1", "启动前已取消"),
        ("/alarms", "bts-1：12 秒没有应答"),
        ("/runs/99", "没有测试 99"),
    ],
)
def test_pages_show_it_too(api: Api, path: str, said: str) -> None:
    chinese = api.http.get(path, headers={**BROWSER, "Accept": "text/html"}).text
    english = api.http.get(path, headers={"Accept": "text/html"}).text

    assert said in chinese
    assert said not in english
