"""An instrument whose memory fills, and whose reading is destructive: looked at in time, adopted, read to the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.contracts import LOST, ChannelState, ChannelStatus
from drivers.errors import Unreachable
from orchestrator.engine.loop import LOOK_FLOOR_S
from orchestrator.store.tables import runs
from tests.orchestrator.engine.engine_bench import EngineBench
from tests.orchestrator.fake_cycler import FakeCycler

POLL_S = 10.0
GAP = f"{LOST}200 records between 12:00:01 and 12:00:02 are missing: the process died while it read"
SECOND = """
cellbench: 1
protocol: two
limits: {voltage: [-0.05 V, 2 V], current: 20 mA}
record: {every: 1 s}
steps:
  - repeat: 50
    stop_when: {capacity_retention: {below: 80 %, since_cycle: 3}}
    steps: [{discharge: {current: 1 mA, until: {voltage: 0.01 V}}}, {charge: {current: 1 mA, until: {voltage: 1.5 V}}}]
  - rest: 1 h
"""


@pytest.fixture
def cycler() -> FakeCycler:
    return FakeCycler()


@pytest.fixture
def bench(tmp_path: Path, cycler: FakeCycler) -> Iterator[EngineBench]:
    made = EngineBench(tmp_path, cycler)
    yield made
    made.close()


def running(bench: EngineBench) -> None:
    """Launch, start, recognise."""
    bench.launch()
    bench.node()
    bench.tick()
    bench.tick()
    assert bench.run()["state"] == "running"


@pytest.mark.parametrize(
    ("within_s", "due_s"),
    [(float("inf"), POLL_S), (99.0, POLL_S), (3.0, 3.0), (0.2, 0.2), (0.0, LOOK_FLOOR_S), (-5.0, LOOK_FLOOR_S)],
)
def test_the_next_look_comes_when_the_driver_needs_it(
    bench: EngineBench, cycler: FakeCycler, within_s: float, due_s: float
) -> None:
    bench.node()
    cycler.look_within = within_s
    assert bench.tick() == due_s


def test_a_start_that_was_just_given_is_looked_after(
    bench: EngineBench, cycler: FakeCycler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycler, "look_within_s", lambda: 1.0 if cycler.orders else float("inf"))
    bench.launch()
    bench.node()
    assert bench.tick() == 1.0


def test_a_silent_instrument_is_not_asked_faster(
    bench: EngineBench, cycler: FakeCycler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> dict[str, ChannelStatus]:
        raise Unreachable("no answer")

    bench.node()
    cycler.look_within = 1.0
    assert bench.tick() == 1.0
    monkeypatch.setattr(cycler, "observe", silent)
    assert bench.tick() == POLL_S


def test_a_test_started_just_before_the_node_was_killed_is_adopted_and_read_to_the_end(
    bench: EngineBench, cycler: FakeCycler
) -> None:
    bench.launch()
    bench.node()
    bench.tick()
    assert (bench.run()["state"], bench.segment()["test_id"]) == ("starting", None)
    bench.kill()
    cycler.run_on(300)
    cycler.end(ChannelState.FINISHED)
    bench.node()
    for _ in range(4):
        bench.tick()
    assert bench.run()["state"] == "completed"
    assert bench.stored() == list(range(1, 301))
    assert [order for order in cycler.orders if order.startswith("start")] == ["start L1#1.0.1"]
    assert bench.segment()["test_id"] == "1"


def test_reading_goes_on_from_the_stored_cursor_after_a_kill(bench: EngineBench, cycler: FakeCycler) -> None:
    running(bench)
    cycler.run_on(100)
    bench.tick()
    bench.kill()
    cycler.run_on(50)
    bench.node()
    bench.tick()
    assert bench.stored() == list(range(1, 151))
    assert cycler.asked[-1][1] == "100+0"


def test_a_look_that_brings_a_spectrum_and_no_records_moves_the_cursor(bench: EngineBench, cycler: FakeCycler) -> None:
    running(bench)
    cycler.run_on(0, points=7)
    bench.tick()
    assert bench.segment()["cursor"] == "0+7"
    bench.tick()
    assert cycler.asked[-1][1] == "0+7", "the points were stored, and are not read again"


def test_records_that_nobody_has_are_said_once_and_stay_known_even_where_nothing_follows(
    bench: EngineBench, cycler: FakeCycler
) -> None:
    running(bench)
    cycler.run_on(10)
    cycler.problems = (GAP, "the clock of the instrument was set")
    bench.tick()
    cycler.problems = (GAP,)  # told again: the process died between the note and the cursor
    bench.tick()
    assert bench.told("gap") == [GAP]
    assert "the clock of the instrument was set" in bench.told("note")
    assert bench.alarms() == [GAP]


def test_numbers_passed_over_raise_an_alarm(bench: EngineBench, cycler: FakeCycler) -> None:
    running(bench)
    cycler.run_on(10)
    cycler.spool[-1] = {**cycler.spool[-1], "seq": cycler.spool[-1]["seq"] + 5}
    bench.tick()
    assert bench.alarms() == ["5 records between 1 and 15 are missing in what the instrument gave"]


def test_what_follows_begins_within_one_look_of_the_end(bench: EngineBench, cycler: FakeCycler) -> None:
    running(bench)
    cycler.run_on(10)
    cycler.end(ChannelState.FINISHED)
    assert bench.tick() == LOOK_FLOOR_S, "seen once: the count may still change"
    assert bench.tick(LOOK_FLOOR_S) == POLL_S
    assert bench.run()["state"] == "completed"


def test_a_loop_that_the_instrument_ends_by_our_rule_is_followed_by_the_next_segment(
    bench: EngineBench, cycler: FakeCycler, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.launch(SECOND)
    bench.node()
    bench.tick()
    bench.tick()
    monkeypatch.setattr("orchestrator.engine.verdicts.Verdicts.boundary", lambda *_: (6, 1))
    cycler.run_on(10, cycle=5)
    bench.tick()
    assert cycler.ends_before == (6, 1)
    cycler.end(ChannelState.STOPPED)
    monkeypatch.undo()
    bench.tick()
    assert bench.segment()["outcome"] == "rule"
    assert (bench.run()["state"], bench.run()["item"]) == ("starting", 1)
    assert cycler.orders[-1] == "start L1#1.1.1"


def test_a_pause_of_what_cannot_pause_waits_for_the_next_segment_without_alarms(
    bench: EngineBench, cycler: FakeCycler
) -> None:
    running(bench)
    bench.change(runs.update().values(desired="pause"))
    for _ in range(3):
        bench.tick(40.0)
    assert bench.run()["state"] == "running"
    assert "before its next segment" in bench.run()["reason"]
    assert bench.alarms() == []


def test_a_plan_that_cannot_be_read_fails_its_run_alone(bench: EngineBench, cycler: FakeCycler) -> None:
    bench.launch()
    bench.change(runs.update().values(plan={"version": 99}))
    behind = bench.launch()
    bench.node()
    bench.tick()
    assert bench.run(1)["state"] == "failed"
    assert bench.run(1)["reason"].startswith("the stored plan cannot be read (a plan of version 99, this reads 1)")
    assert bench.alarms()[0] == bench.run(1)["reason"]
    bench.tick()
    assert bench.run(behind)["state"] == "waiting", "a person looks at the cell first"
    assert cycler.orders == []


def test_a_malformed_batch_fails_its_run_alone(bench: EngineBench, cycler: FakeCycler) -> None:
    running(bench)
    cycler.run_on(3)
    cycler.spool[-1] = {**cycler.spool[-1], "seq": cycler.spool[-1]["seq"][::-1]}
    assert bench.tick() > 0
    assert any("seq must rise" in message for message in bench.alarms())
    assert bench.run()["state"] == "running"
