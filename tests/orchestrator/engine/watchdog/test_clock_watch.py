"""A clock that is set is told of once, with the direction; one that drifts or runs is not."""

from __future__ import annotations

import pytest

from orchestrator.engine.watchdog.clock_watch import ClockWatch
from tests.orchestrator.engine.engine_bench import ManualClock


@pytest.mark.parametrize(("step_s", "told"), [(3600.0, "jumped by +3600.0 s (or"), (-3600.0, "jumped by -3600.0 s;")])
def test_an_hour_either_way_is_told_once(step_s: float, told: str) -> None:
    clock = ManualClock()
    watch = ClockWatch(clock)
    clock.unix_s += 1.0
    assert watch.look() is None
    clock.stepped_s += step_s

    line = watch.look()

    assert line is not None
    assert told in line
    clock.unix_s += 1.0
    assert watch.look() is None
    assert watch.jumps == 1


def test_a_clock_that_is_slewed_is_no_jump() -> None:
    clock = ManualClock()
    watch = ClockWatch(clock)
    for _ in range(3600):
        clock.unix_s += 1.0
        clock.stepped_s += 0.0005
        assert watch.look() is None
    assert watch.jumps == 0
