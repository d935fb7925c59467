"""Rules that hold the newest record against what the plan expects of its step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts import ChannelState
from orchestrator.interlocks.condition import AgainstStep, BeyondExpected, StopUnconfirmed
from orchestrator.interlocks.seen import RunSeen, StepSeen
from protocols.estimate import ExpectedStep
from tests.orchestrator.interlocks.course import Course, cell, rule
from tests.orchestrator.interlocks.interlock_bench import InterlockBench, Pauses

CHARGE = ExpectedStep(3600.0, 3e-3, 3e-3)
DISCHARGE = ExpectedStep(3600.0, 3e-3, -3e-3)
EITHER = ExpectedStep(3600.0, 3e-3, None)
CYCLED = """
cellbench: 1
protocol: two
limits: {voltage: [-0.05 V, 2 V], current: 20 mA}
record: {every: 1 s}
steps:
  - charge: {current: 3 mA, until: {voltage: 1.5 V}}
"""


def newest(expected: ExpectedStep = CHARGE, *, time_s: float = 60.0, passed_Ah: float = 1e-4, current_A: float = 3e-3):
    return RunSeen(StepSeen(expected, time_s, passed_Ah, current_A))


@pytest.mark.parametrize(("expected", "current_A"), [(CHARGE, -3e-3), (DISCHARGE, 3e-3), (CHARGE, -3.1e-4)])
def test_a_current_of_the_wrong_sign_trips_at_the_second_look_that_brings_a_record(expected, current_A):
    course = Course((rule(AgainstStep()),))
    course.see(cell(0.0, run=newest(expected, current_A=current_A)))
    course.see(cell(10.0, run=RunSeen()))
    assert course.trips == [], "the same record is not counted twice"
    course.see(cell(20.0, run=newest(expected, current_A=current_A)))
    (trip,) = course.trips
    assert trip.at_s == 20.0
    assert trip.message.startswith(f"current {current_A:.4g} A in a step that ")


@given(st.floats(-2.9e-4, 1.0), st.sampled_from([1, -1]))
def test_a_current_as_ordered_noise_around_zero_and_what_flows_either_way_trip_nothing(current_A, sign):
    course = Course((rule(AgainstStep()),))
    for number in range(4):
        expected = CHARGE if sign > 0 else DISCHARGE
        course.see(cell(10.0 * number, run=newest(expected, current_A=sign * current_A)))
        course.see(cell(10.0 * number + 5.0, run=newest(EITHER, current_A=-sign * current_A)))
    assert course.trips == []


@pytest.mark.parametrize("seen", [newest(current_A=math.nan), RunSeen()])
def test_what_is_no_number_says_nothing(seen):
    course = Course((rule(AgainstStep()), rule(BeyondExpected("capacity", 1.2))))
    for number in range(4):
        course.see(cell(10.0 * number, run=seen))
    assert course.trips == []


@pytest.mark.parametrize(
    ("condition", "fine", "bad", "message"),
    [
        (
            BeyondExpected("capacity", 1.2),
            newest(passed_Ah=3.6e-3),
            newest(passed_Ah=3.61e-3),
            "the step has passed 3.61 mAh, expected 3 mAh",
        ),
        (
            BeyondExpected("step_time", 3),
            newest(time_s=10800.0),
            newest(time_s=10801.0),
            "the step runs for 10801 s, estimated 3600 s",
        ),
    ],
)
def test_more_than_its_multiple_trips_at_the_first_look_and_is_over_with_the_step(condition, fine, bad, message):
    course = Course((rule(condition, verb="nothing"),))
    course.see(cell(0.0, run=fine))
    assert course.trips == []
    course.see(cell(10.0, run=bad)).see(cell(20.0, run=bad))
    assert [trip.message for trip in course.trips] == [message]
    assert course.over == []
    course.see(cell(30.0, run=newest(time_s=1.0, passed_Ah=0.0)))
    assert len(course.over) == 1


def test_of_a_test_that_is_not_ours_or_stands_nothing_is_said():
    course = Course((rule(BeyondExpected("capacity", 1.2)),))
    bad = newest(passed_Ah=1.0)
    course.see(cell(0.0, run=bad, ours=False)).see(cell(10.0, run=bad, state=ChannelState.FINISHED))
    assert course.trips == []


def test_a_stop_without_effect_trips_after_its_time_and_a_pause_or_an_end_does_not():
    course = Course((rule(StopUnconfirmed(), for_s=60.0),))
    for at_s, state, stopping in (
        (0.0, ChannelState.PAUSED, False),
        (10.0, ChannelState.RUNNING, True),
        (60.0, ChannelState.FINISHED, True),
        (100.0, ChannelState.RUNNING, True),
        (150.0, ChannelState.RUNNING, True),
    ):
        course.see(cell(at_s, state=state, run=RunSeen(stopping=stopping)))
    assert course.trips == []
    assert course.see(cell(160.0, run=RunSeen(stopping=True))).first_s == 160.0


def test_a_drivers_own_stop_without_effect_counts_as_one():
    course = Course((rule(StopUnconfirmed(), for_s=60.0),))
    for at_s in (0.0, 30.0, 60.0):
        course.see(cell(at_s, stop_failed="1.6 V above 1.5 V"))
    assert [trip.message for trip in course.trips] == ["it was stopped and still runs; current may flow"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[InterlockBench]:
    made = InterlockBench(tmp_path, Pauses())
    yield made
    made.close()


def measured(bench: InterlockBench, **columns: float) -> None:
    """One more record, with these columns as given, and a look."""
    bench.cycler.run_on(1)
    for name, value in columns.items():
        bench.cycler.spool[-1][name] = np.full(1, value)
    bench.tick()


def test_in_the_engine_the_channel_is_stopped_by_what_its_records_show(bench):
    bench.begin("{when: {cell: any, capacity: above 1.2 x expected}, alarm: warning}")
    bench.launch(CYCLED)
    bench.tick()
    bench.tick()
    expected_Ah = bench.loop._runs[0].facts.expected[0][1].capacity_Ah
    measured(bench, current_A=3e-3, step_capacity_Ah=1.2 * expected_Ah)
    bench.keep()
    assert bench.trips() == []
    measured(bench, current_A=3e-3, step_capacity_Ah=1.3 * expected_Ah)
    bench.keep()
    assert [(trip.latched, trip.action) for trip in bench.trips()] == [(False, "nothing")]
    assert "stop" not in bench.cycler.orders
    for _ in range(2):
        measured(bench, current_A=-3e-3)
    bench.keep()
    assert bench.cycler.orders[-1] == "stop"
    assert [trip.rule for trip in bench.trips() if trip.latched] == [
        "cell any: current against its step → stop, critical"
    ]


def test_what_a_backfill_brings_is_judged_by_its_newest_record_alone(bench):
    bench.begin()
    bench.launch(CYCLED)
    bench.tick()
    bench.tick()
    bench.cycler.run_on(50)
    bench.cycler.spool[-1]["current_A"] = np.array([-3e-3] * 49 + [3e-3])
    bench.tick()
    measured(bench, current_A=3e-3)
    assert "stop" not in bench.cycler.orders


def test_in_the_engine_a_stop_that_is_acknowledged_and_not_done_latches_the_channel(bench, mocker):
    bench.begin()
    bench.running()
    mocker.patch.object(bench.cycler, "stop")
    bench.want("stop")
    for _ in range(14):
        bench.tick(10.0)
    bench.keep()
    (trip,) = bench.trips()
    assert (trip.rule, trip.latched) == ("cell any: stop not confirmed for 120 s → stop, critical", True)
    assert bench.cycler.stop.call_count >= 4, "given again"
    assert bench.run()["state"] == "stopping"
    mocker.stopall()
    for _ in range(5):
        bench.tick(10.0)
    assert bench.run()["state"] == "stopped"
