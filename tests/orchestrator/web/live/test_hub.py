"""The hub alone: topics that change, fail and lie, and pages that take nothing."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError
from orchestrator.web.live.hub import Hub
from orchestrator.web.live.listener import Listener
from orchestrator.web.live.topic import Rows, Snapshot, Topic
from orchestrator.web.service import Service
from tests.orchestrator.launch.bench_lab import fill, make_lab

Message = dict[str, Any]


class Table:
    """A topic whose rows a test writes; an exception among them is raised."""

    def __init__(self, rows: Rows) -> None:
        self.rows: Rows | Exception = rows
        self.looks = 0

    def look(self, _snapshot: Snapshot, _argument: str) -> Rows:
        self.looks += 1
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows


@pytest.fixture
def play(tmp_path: Path) -> Callable[[dict[str, Table], Callable[[Hub], Coroutine[Any, Any, None]]], None]:
    """Run a scene with a hub of these tables, which looks a hundred times a second."""
    lab = make_lab(tmp_path)
    fill(lab)

    def play(
        tables: dict[str, Table],
        scene: Callable[[Hub], Coroutine[Any, Any, None]],
        sentences: frozenset[str] = frozenset(),
    ) -> None:
        async def whole() -> None:
            service = Service(lab, open_database(lab.database_url))
            hub = Hub(
                service, {name: Topic(name, table.look, sentences) for name, table in tables.items()}, every_s=0.01
            )
            try:
                await asyncio.wait_for(scene(hub), 120)
            finally:
                await hub.close()
                service.database.dispose()

        asyncio.run(whole())

    return play


async def heard(listener: Listener, wanted: Callable[[Message], bool]) -> Message:
    while True:
        for line in (await listener.outbox.get()).split("\n"):
            message: Message = json.loads(line)
            if wanted(message):
                return message


def about(topic: str) -> Callable[[Message], bool]:
    return lambda message: message.get("topic") == topic


def test_a_page_is_sent_the_whole_then_what_differs(play: Any) -> None:
    table = Table({"a": {"x": 1, "y": 2}, "b": {"x": 3}})

    async def scene(hub: Hub) -> None:
        page = Listener(frozenset({"bench"}))
        hub.join(page)
        first = await heard(page, about("bench"))
        table.rows = {"a": {"x": 1, "y": 9}, "c": {"x": 4}}
        second = await heard(page, about("bench"))
        assert first == {
            "topic": "bench",
            "whole": True,
            "changed": {"a": {"x": 1, "y": 2}, "b": {"x": 3}},
            "gone": [],
        }
        assert second == {"topic": "bench", "whole": False, "changed": {"a": {"y": 9}, "c": {"x": 4}}, "gone": ["b"]}

    play({"bench": table}, scene)


def test_each_page_has_the_sentences_in_its_own_language(play: Any) -> None:
    table = Table({"a": {"detail": "no answer for 12 s", "name": "no answer for 12 s"}})

    async def scene(hub: Hub) -> None:
        english, chinese = Listener(frozenset({"bench"})), Listener(frozenset({"bench"}), "zh")
        hub.join(english)
        hub.join(chinese)
        firsts = [(await heard(page, about("bench")))["changed"]["a"] for page in (english, chinese)]
        table.rows = {"a": {"detail": "no answer for 22 s", "name": "no answer for 12 s"}}
        seconds = [(await heard(page, about("bench")))["changed"]["a"] for page in (english, chinese)]
        assert [one["detail"] for one in firsts] == ["no answer for 12 s", "12 秒没有应答"]
        assert {one["name"] for one in firsts} == {"no answer for 12 s"}
        assert seconds == [{"detail": "no answer for 22 s"}, {"detail": "22 秒没有应答"}]

    play({"bench": table}, scene, frozenset({"detail"}))


def test_what_stays_the_same_is_not_sent_again_but_the_time_is(play: Any) -> None:
    async def scene(hub: Hub) -> None:
        page = Listener(frozenset({"bench"}))
        hub.join(page)
        await heard(page, about("bench"))
        for _ in range(3):
            assert (await page.outbox.get()).startswith('{"now_unix_s":')

    play({"bench": Table({"a": {"x": 1}})}, scene)


def test_who_comes_later_has_the_whole_and_then_the_same_as_the_others(play: Any) -> None:
    table = Table({"a": {"x": 1}})

    async def scene(hub: Hub) -> None:
        early, late = Listener(frozenset({"bench"})), Listener(frozenset({"bench"}))
        hub.join(early)
        await heard(early, about("bench"))
        hub.join(late)
        assert (await heard(late, about("bench")))["whole"]
        table.rows = {"a": {"x": 2}}
        for page in (early, late):
            message = await heard(page, about("bench"))
            assert (message["whole"], message["changed"]) == (False, {"a": {"x": 2}})

    play({"bench": table}, scene)


def test_a_page_that_takes_nothing_is_let_go_and_the_others_are_not_held_up(play: Any) -> None:
    async def scene(hub: Hub) -> None:
        slow, quick = Listener(frozenset({"bench"})), Listener(frozenset({"bench"}))
        hub.join(slow)
        hub.join(quick)
        while not slow.let_go.is_set():
            await quick.outbox.get()
        assert not quick.let_go.is_set()
        assert "now_unix_s" in await heard(quick, lambda message: "now_unix_s" in message)

    play({"bench": Table({"a": {"x": 1}})}, scene)


@pytest.mark.parametrize("broken", [KeyError("no such column"), {"a": {"x": float("nan")}}])
def test_a_topic_that_fails_fails_alone_and_is_in_the_log_once(
    play: Any, caplog: pytest.LogCaptureFixture, broken: Any
) -> None:
    bad, good = Table({"a": {"x": 1}}), Table({"b": {"x": 1}})

    async def scene(hub: Hub) -> None:
        both, one = Listener(frozenset({"bad", "good"})), Listener(frozenset({"good"}))
        hub.join(both)
        hub.join(one)
        await heard(both, about("bad"))
        bad.rows = broken
        await heard(both, lambda message: "problem" in message)
        looks = bad.looks
        while bad.looks < looks + 3:
            await heard(both, lambda message: "problem" in message)
            assert "problem" not in await one.outbox.get()
        bad.rows = {"a": {"x": 2}}
        assert (await heard(both, about("bad")))["changed"] == {"a": {"x": 2}}
        assert "now_unix_s" in await heard(both, lambda message: "topic" not in message)

    with caplog.at_level(logging.ERROR):
        play({"bad": bad, "good": good}, scene)
    assert [record.message for record in caplog.records] == ["bad cannot be looked at"]


def test_a_database_that_cannot_be_read_is_told_in_its_own_words(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Service) -> Any:
        raise StoreError("the disk is gone")

    async def scene(hub: Hub) -> None:
        page = Listener(frozenset({"bench"}))
        monkeypatch.setattr(Service, "reading", refuse)
        hub.join(page)
        assert await heard(page, lambda message: "problem" in message) == {"problem": "the disk is gone"}
        monkeypatch.undo()
        assert (await heard(page, about("bench")))["whole"]

    play({"bench": Table({"a": {"x": 1}})}, scene)


def test_nobody_looks_where_no_page_is_open(play: Any) -> None:
    table = Table({"a": {"x": 1}})

    async def scene(hub: Hub) -> None:
        page = Listener(frozenset({"bench"}))
        hub.join(page)
        await heard(page, about("bench"))
        hub.leave(page)
        assert hub._task is not None
        await hub._task  # it ends by itself
        looks = table.looks
        hub.join(page)
        page.known.clear()
        assert (await heard(page, about("bench")))["whole"]
        assert table.looks > looks

    play({"bench": table}, scene)
