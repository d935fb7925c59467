"""The system's clock: waits by the monotonic clock, and a wake ends a wait at once, or the next one."""

from __future__ import annotations

import asyncio

from orchestrator.clock import SystemClock


async def _sleep(clock: SystemClock, seconds: float, *, wake: str = "") -> tuple[bool, float]:
    sleeper = clock.sleeper("a task")
    if wake == "before":
        sleeper.wake()
    if wake == "during":
        asyncio.get_running_loop().call_soon(sleeper.wake)
    began = clock.monotonic()
    woken = await sleeper.sleep_until(clock.now() + seconds)
    await sleeper.close()
    return woken, clock.monotonic() - began


def test_a_sleep_ends_at_its_time() -> None:
    woken, slept_s = asyncio.run(_sleep(SystemClock(), 0.003))
    assert not woken
    assert slept_s >= 0.002


def test_an_instant_that_has_passed_is_no_sleep() -> None:
    woken, _ = asyncio.run(_sleep(SystemClock(), -3600.0))
    assert not woken


def test_a_wake_ends_the_sleep_or_the_next_one() -> None:
    for when in ("during", "before"):
        woken, slept_s = asyncio.run(_sleep(SystemClock(), 3600.0, wake=when))
        assert woken, when
        assert slept_s < 60.0


def test_one_wake_ends_one_sleep() -> None:
    async def twice() -> list[bool]:
        clock = SystemClock()
        sleeper = clock.sleeper("a task")
        sleeper.wake()
        sleeper.wake()
        return [await sleeper.sleep_until(clock.now() + seconds) for seconds in (3600.0, 0.001)]

    assert asyncio.run(twice()) == [True, False]
