"""Somebody sets the clock by an hour in mid-run, or summer time ends on a computer that lives in local time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.contracts import ChannelStatus
from drivers.errors import Unreachable
from tests.orchestrator.engine.engine_bench import EngineBench
from tests.orchestrator.fake_cycler import NoPauses

HOUR = [-3600.0, 3600.0]
LOST_AFTER_S = 60.0


@dataclass
class Unplugged(NoPauses):
    """Its cable can be pulled."""

    away: bool = False

    def observe(self) -> Mapping[str, ChannelStatus]:
        if self.away:
            raise Unreachable("no reply")
        return super().observe()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[EngineBench]:
    made = EngineBench(tmp_path, Unplugged())
    made.node()
    yield made
    made.close()


def running(bench: EngineBench) -> Unplugged:
    """A run that has measured ten records."""
    cycler = bench.cycler
    assert isinstance(cycler, Unplugged)
    bench.tick()
    bench.launch()
    for _ in range(3):
        bench.tick(10.0)
    cycler.run_on(10)
    bench.tick(10.0)
    assert bench.run()["state"] == "running"
    return cycler


@pytest.mark.parametrize("stepped_s", HOUR)
def test_a_run_goes_on_and_its_records_stay_in_order(bench: EngineBench, stepped_s: float) -> None:
    cycler = running(bench)
    bench.clock.stepped_s = stepped_s
    for _ in range(5):
        cycler.run_on(10)
        due_s = bench.tick(10.0)
        assert 0.0 < due_s <= 10.0

    assert bench.run()["state"] == "running"
    assert bench.stored() == list(range(1, 61))
    assert bench.alarms() == []
    assert cycler.orders == ["start L1#1.0.1"]


@pytest.mark.parametrize("stepped_s", HOUR)
def test_a_silence_is_as_long_as_it_is(bench: EngineBench, stepped_s: float) -> None:
    cycler = running(bench)
    cycler.away = True
    bench.tick(10.0)
    bench.clock.stepped_s = stepped_s
    for _ in range(4):
        bench.tick(10.0)
        assert bench.run()["state"] == "running", "not silent for a minute yet, whatever the clock says"
    for _ in range(3):
        bench.tick(10.0)
    assert bench.run()["state"] == "lost"

    cycler.away = False
    bench.tick(10.0)
    bench.tick(10.0)
    assert bench.run()["state"] == "running"
    assert cycler.orders == ["start L1#1.0.1"]


@pytest.mark.parametrize("stepped_s", HOUR)
def test_a_start_that_shows_nothing_is_waited_for_by_the_steady_clock(bench: EngineBench, stepped_s: float) -> None:
    cycler = bench.cycler
    bench.tick()
    bench.launch()
    start = cycler.start

    def lost(*arguments: object) -> None:
        raise Unreachable("the answer is missing", sent=True)

    cycler.start = lost  # type: ignore[assignment,method-assign]
    bench.tick(10.0)
    cycler.start = start  # type: ignore[method-assign]
    bench.clock.stepped_s = stepped_s
    bench.tick(10.0)
    bench.tick(10.0)
    assert cycler.orders == [], "not 30 s of looks yet"
    bench.tick(10.0)
    bench.tick(10.0)

    assert cycler.orders == ["start L1#1.0.2"]
