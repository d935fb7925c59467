"""The virtual clock against the lab's own: time jumps only while every task of every node sleeps, and nobody hangs."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.errors import DriverError, Unreachable
from orchestrator.clock import VirtualClock, open_clock
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread

T = TypeVar("T")
LAB = """
virtual_lab: a clock and nothing else to do
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{devtype: 27, devid: 21, subdevices: 1, channels: 1}]
    time_zone: Asia/Shanghai
"""
PATIENCE_S = 120.0  # wall seconds


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    with LabThread(parse_lab(LAB, tmp_path)) as running:
        yield running


def play(lab: LabThread, story: Callable[[VirtualClock, float], Awaitable[T]]) -> T:
    """Run a story as a node of the lab; ``story(clock, start)``. One that hangs is cut short."""

    async def attached() -> T:
        clock = await VirtualClock.connect("127.0.0.1", lab.control_port, "the node")
        try:
            return await asyncio.wait_for(story(clock, clock.now()), PATIENCE_S)
        finally:
            await clock.close()

    return asyncio.run(attached())


def test_time_jumps_to_the_wake_up(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> list[float]:
        sleeper = clock.sleeper("one")
        times = []
        for hours in (1, 500, 500, 2):  # the third and the fourth are not ahead any more
            assert await sleeper.sleep_until(start + hours * 3600.0) is False
            times.append((clock.now() - start) / 3600.0)
        assert clock.monotonic() == clock.now()
        return times

    assert play(lab, story) == [1.0, 500.0, 500.0, 500.0]


def test_two_sleepers_wake_in_the_order_of_their_instants(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> list[tuple[str, float]]:
        woken: list[tuple[str, float]] = []

        async def task(name: str, every_s: float) -> None:
            sleeper = clock.sleeper(name)
            for number in range(1, 4):
                await sleeper.sleep_until(start + number * every_s)
                woken.append((name, clock.now() - start))
            await sleeper.close()

        await asyncio.gather(task("quick", 10.0), task("slow", 25.0))
        return woken

    assert play(lab, story) == [
        ("quick", 10.0),
        ("quick", 20.0),
        ("slow", 25.0),
        ("quick", 30.0),
        ("slow", 50.0),
        ("slow", 75.0),
    ]


def test_a_task_that_works_holds_time_for_the_others(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> bool:
        working, asleep = clock.sleeper("works"), clock.sleeper("sleeps")
        sleep = asyncio.create_task(asleep.sleep_until(start + 10.0))
        with lab.control() as control:
            for _ in range(5):
                assert await asyncio.to_thread(control.now) == start
        assert not sleep.done()
        await working.close()
        return await sleep

    assert play(lab, story) is False


def test_a_task_that_wakes_another_shares_its_instant(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> tuple[bool, float]:
        first, second = clock.sleeper("first"), clock.sleeper("second")
        sleep = asyncio.create_task(second.sleep_until(start + 1000.0))
        await first.sleep_until(start + 10.0)
        second.wake()
        woken = await sleep
        return woken, clock.now() - start

    assert play(lab, story) == (True, 10.0)


def test_a_wake_before_the_sleep_is_not_lost_and_counts_once(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> list[tuple[bool, float]]:
        sleeper = clock.sleeper("one")
        sleeper.wake()
        sleeper.wake()
        return [(await sleeper.sleep_until(start + 10.0), clock.now() - start) for _ in range(2)]

    assert play(lab, story) == [(True, 0.0), (False, 10.0)]


def test_a_woken_task_knows_what_time_it_is(lab: LabThread) -> None:
    """Another node has moved time on while this one slept: whoever is woken must not act in the past."""

    async def story(clock: VirtualClock, start: float) -> tuple[bool, float]:
        sleeper = clock.sleeper("one")
        sleep = asyncio.create_task(sleeper.sleep_until(start + 3600.0))
        await asyncio.sleep(0)
        await asyncio.to_thread(other.sleep, start + 600.0)  # over there it is ten minutes later, and stays so
        sleeper.wake()
        return await sleep, clock.now() - start

    with lab.control() as other:
        other.attach("another node")
        assert play(lab, story) == (True, 600.0)


def test_a_task_that_joins_while_the_others_sleep_stops_time(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> float:
        sleep = asyncio.create_task(clock.sleeper("sleeps").sleep_until(start + 3600.0))
        await asyncio.sleep(0)
        await asyncio.to_thread(other.sleep, start + 60.0)
        joined = clock.sleeper("joins")
        while clock.now() < start + 60.0:  # noqa: ASYNC110 - until the lab has said what time it is
            await asyncio.sleep(0)
        pending = other.start_sleep(start + 7200.0)
        await joined.sleep_until(start + 90.0)
        assert clock.now() == start + 90.0
        assert not sleep.done()
        await joined.close()
        await sleep
        other.wake()
        other.finish_sleep(pending)
        return clock.now() - start

    with lab.control() as other:
        other.attach("another node")
        assert play(lab, story) == 3600.0


def test_a_cancelled_sleep_does_not_hold_time_once_its_task_has_left(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> float:
        gone, stays = clock.sleeper("gone"), clock.sleeper("stays")
        sleep = asyncio.create_task(gone.sleep_until(start + 10.0))
        await asyncio.sleep(0)
        sleep.cancel()
        await asyncio.gather(sleep, return_exceptions=True)
        await gone.close()
        await gone.close()
        await stays.sleep_until(start + 50.0)
        return clock.now() - start

    assert play(lab, story) == 50.0


def test_a_closed_clock_gives_time_back(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> None:
        clock.sleeper("awake for ever")

    play(lab, story)
    with lab.control() as control:
        start = control.attach("the next node")
        assert control.sleep(start + 5.0).now_unix_s == start + 5.0


def test_closing_wakes_who_sleeps_with_an_error(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> None:
        clock.sleeper("holds time")
        sleep = asyncio.create_task(clock.sleeper("sleeps").sleep_until(start + 10.0))
        await asyncio.sleep(0)
        await clock.close()
        with pytest.raises(Unreachable, match="the clock is closed"):
            await sleep

    play(lab, story)


def test_a_lab_that_dies_is_a_clear_error_for_sleepers_and_for_later_sleeps(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> None:
        sleeper = clock.sleeper("one")
        clock.sleeper("holds time")
        sleep = asyncio.create_task(sleeper.sleep_until(start + 10.0))
        with lab.control() as control:
            await asyncio.to_thread(control.shutdown)
        with pytest.raises(Unreachable, match="virtual lab"):
            await sleep
        with pytest.raises(Unreachable, match="virtual lab"):
            await sleeper.sleep_until(start + 20.0)

    play(lab, story)


def test_a_refused_sleep_is_an_error_and_no_eternal_sleep(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> None:
        with pytest.raises(DriverError, match=r"refused sleep: .*finite"):
            await clock.sleeper("one").sleep_until(float("inf"))

    play(lab, story)


def test_nobody_there_is_said_with_the_address_and_the_command(free_port: int) -> None:
    with pytest.raises(Unreachable, match=rf"no virtual lab at 127.0.0.1:{free_port}; start it with `cellbench lab"):
        asyncio.run(open_clock(f"lab://127.0.0.1:{free_port}", "the node"))


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"[1]\n", b'{"id": null, "ok": true}\n', b""])
def test_what_is_no_lab_is_an_error_and_leaves_no_socket(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Unreachable, match="clock"):
            asyncio.run(open_clock(f"lab://127.0.0.1:{server.getsockname()[1]}", "the node"))
        thread.join()


@pytest.mark.parametrize("address", ["lab", "lab://", "lab://host", "http://127.0.0.1:1", "sun"])
def test_an_address_that_names_no_clock_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="neither `system` nor `lab://host:port`"):
        asyncio.run(open_clock(address, "the node"))


def test_the_control_client_and_the_clock_see_one_time(lab: LabThread) -> None:
    async def story(clock: VirtualClock, start: float) -> None:
        await clock.sleeper("one").sleep_until(start + 123.25)
        with LabControl(lab.control_port) as control:
            assert await asyncio.to_thread(control.now) == clock.now() == start + 123.25

    play(lab, story)
