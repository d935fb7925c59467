"""A loop that works, however slowly, gets on; one that hangs does not, and it is named with the line it is in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Hashable, Mapping
from typing import Any

import pytest

from drivers.exchanged import exchanged
from orchestrator.engine.watchdog.getting_on import GettingOn
from orchestrator.engine.watchdog.stall_watch import StallWatch
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.messages.heartbeat.pulse import Pulse
from tests.orchestrator.messages.message_bench import HandClock

_PATIENCE_S = 300.0


class _Clock(HandClock):
    """Its sleepers sleep until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep, self.let_go = asyncio.Event(), asyncio.Event()

    def sleeper(self, name: str) -> Any:
        return self

    async def sleep_until(self, unix_s: float) -> bool:
        self.asleep.set()
        await self.let_go.wait()
        return False


class _Call:
    """A call into an instrument whose exchanges come back one by one."""

    def __init__(self) -> None:
        self.more, self.made = threading.Semaphore(0), threading.Semaphore(0)
        self.begun, self.over = threading.Event(), False

    def run(self) -> None:
        self.begun.set()
        while self._waits() and not self.over:
            exchanged()
            self.made.release()

    def exchange(self) -> None:
        self.more.release()
        assert self.made.acquire(timeout=_PATIENCE_S)

    def end(self) -> None:
        self.over = True
        self.more.release()

    def _waits(self) -> bool:
        return self.more.acquire(timeout=_PATIENCE_S)


def _watched(clock: HandClock, *workers: InstrumentWorker) -> tuple[GettingOn, Pulse, list[float]]:
    real_s = [1000.0]
    pulse = Pulse(clock, lambda: real_s[0])
    return GettingOn(pulse, workers, StallWatch(), lambda: real_s[0]), pulse, real_s


def test_a_long_call_gets_on_with_each_exchange_and_one_that_hangs_is_named() -> None:
    worker, call = InstrumentWorker("bts-1"), _Call()
    watched, pulse, _ = _watched(HandClock(), worker)
    pulse.clock_of("bts-1")
    seen: list[Mapping[str, Hashable]] = []

    async def story() -> str:
        task = asyncio.create_task(worker.call(call.run))
        await asyncio.to_thread(call.begun.wait, _PATIENCE_S)
        for _ in range(3):
            seen.append(watched.marks())
            await asyncio.to_thread(call.exchange)
        seen.extend([watched.marks(), watched.marks()])
        line = watched.named("bts-1", 180.0)
        call.end()
        await task
        return line

    line = asyncio.run(story())
    seen.append(watched.marks())
    worker.close()

    marks = [mark["bts-1"] for mark in seen]
    assert [marks.index(mark) for mark in marks] == [0, 1, 2, 3, 3, 5]
    assert line.startswith("the loop of bts-1 stood still for 180 s: a call into it is in threading.py:")
    assert watched.named("bts-1", 180.0) == "the loop of bts-1 stood still for 180 s"


def test_a_long_turn_gets_on_while_it_asks_what_time_it_is() -> None:
    watched, pulse, _ = _watched(HandClock())
    clock = pulse.clock_of("bts-1")
    first = watched.marks()
    assert watched.marks() == first
    clock.now()
    second = watched.marks()
    clock.monotonic()
    assert first != second != watched.marks()


def test_who_sleeps_is_looked_at_only_when_overdue() -> None:
    async def story() -> list[bool]:
        clock = _Clock()
        watched, pulse, _ = _watched(clock)
        loop = pulse.clock_of("bts-1")
        told = ["bts-1" in watched.marks()]
        sleeping = asyncio.create_task(loop.sleeper("bts-1").sleep_until(clock.now() + 600.0))
        await clock.asleep.wait()
        for passes_s in (0.0, 599.0, 2.0):
            clock.unix_s += passes_s
            told.append("bts-1" in watched.marks())
        clock.let_go.set()
        await sleeping
        return told

    assert asyncio.run(story()) == [True, False, False, True]


def test_loops_that_wait_for_the_database_are_not_blamed() -> None:
    watched, pulse, real_s = _watched(HandClock())
    pulse.clock_of("bts-1")
    real_s[0] += 31.0
    assert set(watched.marks()) == {"event_loop"}
    watched.stored()
    assert set(watched.marks()) == {"event_loop", "bts-1"}


def test_the_event_loop_gets_on_with_each_beat() -> None:
    stalls = StallWatch()
    watched = GettingOn(Pulse(HandClock()), [], stalls)

    async def story() -> tuple[Hashable, Hashable]:
        beating = asyncio.create_task(stalls.run(lambda _: None))
        before = watched.marks()["event_loop"]
        async with asyncio.timeout(_PATIENCE_S):
            while (after := watched.marks()["event_loop"]) == before:  # noqa: ASYNC110 - a beat is no event
                await asyncio.sleep(0.01)
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        return before, after

    before, after = asyncio.run(story())
    assert before != after
    assert watched.named("event_loop", 180.0).startswith("the event loop stood still for 180 s in ")


def test_a_node_that_is_to_end_and_does_not_is_named() -> None:
    watched, pulse, _ = _watched(HandClock())
    clock = pulse.clock_of("bts-1")
    watched.ends()
    before = watched.marks()
    clock.now()
    assert watched.marks() == before != {}
    assert watched.named(*before, 180.0) == "the node was to end, and had not 180 s later"


@pytest.mark.parametrize("what", ["bts-1", "nobody"])
def test_a_loop_without_a_call_is_named_too(what: str) -> None:
    watched, _, _ = _watched(HandClock(), InstrumentWorker("bts-1"))
    assert watched.named(what, 180.0) == f"the loop of {what} stood still for 180 s"
