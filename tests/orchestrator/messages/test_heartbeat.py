"""A heartbeat is given while the loops turn and the database commits, and by nobody otherwise."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.engine.writer import Writer
from orchestrator.messages.database_watch import AWAY_AFTER_S, DatabaseWatch
from orchestrator.messages.heartbeat.beat import beat
from orchestrator.messages.heartbeat.beats import Heartbeats
from orchestrator.messages.heartbeat.output import Get, Heartbeat, Touch, Udp
from orchestrator.messages.heartbeat.pulse import STALLED_AFTER_S, Pulse
from orchestrator.messages.letter import Letter
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Command, Receiver, Webhook
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.recorder import Recorder
from orchestrator.store.tables import alarms
from tests.orchestrator.messages.message_bench import HandClock, MessageBench, bench
from tests.orchestrator.messages.web_server import web_server

MAIL = Receiver("mail", Webhook("http://127.0.0.1:9"))
RELAY = Heartbeat("relay", Udp("127.0.0.1", 9), 1.0)


class Real:
    """Real time that passes when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class SleepingClock(HandClock):
    """Its sleepers end their sleep at once."""

    def sleeper(self, name: str) -> SleepingClock:
        return self

    async def sleep_until(self, unix_s: float) -> bool:
        return False


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[MessageBench]:
    with bench(tmp_path, MAIL) as made:
        yield made


def test_a_loop_that_hangs_in_its_turn_is_named() -> None:
    real, clock = Real(), SleepingClock()
    pulse = Pulse(clock, real)
    sleeper = pulse.clock_of("bts-1").sleeper("bts-1")
    assert pulse.stalled() is None
    real.now_s += STALLED_AFTER_S - 1
    asyncio.run(sleeper.sleep_until(clock.now() + 10))
    real.now_s += STALLED_AFTER_S - 1
    assert pulse.stalled() is None
    real.now_s += 2
    assert pulse.stalled() == "the loop of bts-1 has not turned for 61 s"


def test_a_loop_that_was_not_woken_from_its_sleep_is_named() -> None:
    real, clock = Real(), SleepingClock()
    pulse = Pulse(clock, real)
    sleeper = pulse.clock_of("oven-1").sleeper("oven-1")

    async def asleep() -> None:
        async def never(_: float) -> bool:
            await asyncio.Event().wait()
            return False

        clock.sleep_until = never  # type: ignore[method-assign]
        task = asyncio.create_task(sleeper.sleep_until(clock.now() + 3600))
        await asyncio.sleep(0)
        real.now_s += 3600
        clock.unix_s += 3600
        assert pulse.stalled() is None
        clock.unix_s += STALLED_AFTER_S + 1
        assert pulse.stalled() == "the loop of oven-1 has not turned for 61 s"
        task.cancel()

    asyncio.run(asleep())


class Beats:
    """Heartbeats of a lab with one relay, and what moves them."""

    def __init__(self, lab: MessageBench) -> None:
        self.lab = lab
        self.real = Real()
        self.recorder = Recorder(lab.database)
        self.writer = Writer(self.recorder)
        self.pulse = Pulse(SleepingClock(), self.real)
        self.pulse.clock_of("bts-1")
        self.told: list[Letter] = []
        self.watch = DatabaseWatch(lab.lab, self.writer, lab.clock, attempt=self._tell, real=self.real)
        self.given: list[int] = []
        self.fails = False
        self.heartbeats = Heartbeats(lab.lab, self.writer, lab.clock, self.pulse, self.watch, attempt=self._give)

    def _tell(self, receiver: Receiver, letter: Letter) -> None:
        self.told.append(letter)

    def _give(self, heartbeat: Heartbeat, lab: str, number: int) -> None:
        if self.fails:
            raise NotDelivered("relay is gone")
        self.given.append(number)

    async def beat(self) -> None:
        self.heartbeats._tell(RELAY, await self.heartbeats.beat(RELAY, len(self.given) + 1))

    def alarms(self) -> list[tuple[str, bool]]:
        self.recorder.write(lambda _: None).result()
        rows = self.lab.rows(sa.select(alarms.c["message", "cleared_unix_s"]).order_by(alarms.c.id))
        return [(row["message"], row["cleared_unix_s"] is None) for row in rows]


@pytest.fixture
def beats(lab: MessageBench) -> Iterator[Beats]:
    made = Beats(lab)
    yield made
    made.recorder.close()


def test_no_beat_while_a_loop_stands_and_one_alarm_until_it_turns(beats: Beats) -> None:
    async def life() -> None:
        await beats.beat()
        assert beats.given == [1]
        beats.real.now_s += STALLED_AFTER_S + 1
        await beats.watch.probe()
        for _ in range(5):
            await beats.beat()
        assert beats.given == [1]
        assert beats.alarms() == [("not given: withheld: the loop of bts-1 has not turned for 61 s", True)]
        beats.pulse.clock_of("bts-1")
        await beats.beat()
        assert beats.given == [1, 2]
        assert [is_open for _, is_open in beats.alarms()] == [False]

    asyncio.run(life())


def test_no_beat_while_nothing_is_committed_and_people_are_told_past_the_database(
    beats: Beats, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise StoreUnavailable("database: disk full; nothing was stored, it will be tried again")

    async def life() -> None:
        await beats.watch.probe()
        with monkeypatch.context() as broken:
            broken.setattr(beats.writer, "write", away)
            for _ in range(20):
                beats.real.now_s += 5
                beats.lab.clock.unix_s += 5
                beats.pulse.clock_of("bts-1")
                await beats.watch.probe()
                await beats.beat()
        assert len(beats.given) == AWAY_AFTER_S / 5
        assert [letter.lines[0].source for letter in beats.told] == ["database"]
        assert "disk full" in beats.told[0].text()
        assert "cellbench ack" not in beats.told[0].text()
        await beats.watch.probe()
        await beats.beat()
        assert len(beats.given) == AWAY_AFTER_S / 5 + 1
        messages = beats.alarms()
        assert any(text.startswith("is back; the database has taken nothing for 100 s") for text, _ in messages)
        assert not any(is_open for _, is_open in messages)

    asyncio.run(life())


def test_an_output_that_fails_is_one_alarm_and_tried_again(beats: Beats) -> None:
    async def life() -> None:
        beats.fails = True
        for _ in range(5):
            await beats.beat()
        assert beats.alarms() == [("not given: relay is gone", True)]
        beats.fails = False
        await beats.beat()
        assert beats.alarms() == [("not given: relay is gone", False)]

    asyncio.run(life())


def test_each_way_gives_a_sign_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive = tmp_path / "alive"
    beat(Heartbeat("touch", Touch(alive)), "bench", 1)
    assert alive.exists()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
        relay.bind(("127.0.0.1", 0))
        relay.settimeout(5)
        beat(Heartbeat("udp", Udp(*relay.getsockname())), "bench", 7)
        assert relay.recv(100) == b"cellbench bench 7\n"
    with web_server() as hook:
        monkeypatch.setenv("PING_URL", f"{hook.url}/very-secret")
        beat(Heartbeat("get", Get(url_env="PING_URL")), "bench", 1)
        sent = hook.next()
        assert (sent.method, sent.path) == ("GET", "/hook/very-secret")
        hook.status, hook.answer = 500, sent.path.encode()
        with pytest.raises(NotDelivered, match="answers 500"):
            beat(Heartbeat("get", Get(url_env="PING_URL")), "bench", 1)
    with pytest.raises(NotDelivered, match="ends with 2"):
        beat(Heartbeat("relay", Command((sys.executable, "-c", "raise SystemExit(2)"))), "bench", 1)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotDelivered, match="No such file"):
        beat(Heartbeat("touch", Touch(tmp_path / "none" / "alive")), "bench", 1)
