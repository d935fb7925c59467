"""Records that cannot be read: now and then needs nobody, lasting is one alarm until some come again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import Unreachable
from tests.orchestrator.engine.engine_bench import EngineBench
from tests.orchestrator.fake_cycler import FakeCycler


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[EngineBench]:
    made = EngineBench(tmp_path, FakeCycler())
    made.node()
    made.launch()
    made.tick()
    made.tick()
    yield made
    made.close()


def test_a_reading_that_fails_now_and_then_is_no_alarm_and_one_that_lasts_is_one(bench, mocker):
    read = bench.cycler.read

    def fail(why: str) -> None:
        mocker.patch.object(bench.cycler, "read", side_effect=Unreachable(why))

    for number in range(6):
        bench.cycler.run_on(1)
        fail(f"{number} bytes came") if number % 3 else mocker.patch.object(bench.cycler, "read", read)
        bench.tick(10.0)
    assert bench.alarms() == []
    for number in range(4):
        fail(f"{number + 10} bytes came")
        bench.tick(10.0)
    (told,) = bench.alarms()
    assert told.startswith("records cannot be read")
    mocker.patch.object(bench.cycler, "read", read)
    bench.tick(10.0)
    assert bench.stored() == [1, 2, 3, 4, 5, 6]
