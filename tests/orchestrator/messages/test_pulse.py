"""What a loop's sleeping on the clock tells: whether it has turned, how late it began, how long it is overdue."""

from __future__ import annotations

import asyncio

from orchestrator.messages.heartbeat.pulse import Pulse
from tests.orchestrator.messages.message_bench import HandClock


class LateClock(HandClock):
    """Its sleepers wake so much after their time."""

    late_s = 0.0

    def sleeper(self, name: str) -> LateClock:
        return self

    async def sleep_until(self, unix_s: float) -> bool:
        self.unix_s = unix_s + self.late_s
        return False


def _turned(clock: LateClock, pulse: Pulse, late_s: float) -> None:
    clock.late_s = late_s
    asyncio.run(pulse.clock_of("bts-1").sleeper("bts-1").sleep_until(clock.now() + 10.0))


def test_a_loop_counts_once_it_has_slept() -> None:
    clock = LateClock()
    pulse = Pulse(clock)
    looping = pulse.clock_of("bts-1")
    pulse.clock_of("oven-1")
    asyncio.run(looping.sleeper("bts-1").sleep_until(clock.now() + 10.0))
    assert not pulse.all_turned()

    _turned(clock, pulse, 0.0)
    asyncio.run(pulse.clock_of("oven-1").sleeper("oven-1").sleep_until(clock.now() + 10.0))
    assert pulse.all_turned()


def test_the_latest_of_the_last_minute_is_told_and_forgotten_after_two() -> None:
    clock, real_s = LateClock(), [1000.0]
    pulse = Pulse(clock, lambda: real_s[0])
    looping = pulse.clock_of("bts-1").sleeper("bts-1")
    told = []
    for late_s, passes_s in ((0.1, 10.0), (7.5, 10.0), (0.2, 60.0), (0.2, 60.0), (0.2, 60.0)):
        clock.late_s = late_s
        asyncio.run(looping.sleep_until(clock.now() + 10.0))
        told.append(round(pulse.late_s("bts-1"), 3))
        real_s[0] += passes_s
    assert told == [0.1, 7.5, 7.5, 7.5, 0.2]
    assert pulse.late_s("nobody") == 0.0


def test_a_loop_at_its_turn_is_overdue_for_as_long_as_it_takes() -> None:
    real_s = [1000.0]
    pulse = Pulse(LateClock(), lambda: real_s[0])
    pulse.clock_of("bts-1")
    real_s[0] += 42.0
    assert pulse.overdue_s() == 42.0
    assert pulse.stalled(40.0) == "the loop of bts-1 has not turned for 42 s"
    assert pulse.stalled() is None
