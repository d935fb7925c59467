"""Each kind of rule: it trips within its stated time, and not without its cause."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts import ChamberState, ChannelState
from orchestrator.interlocks.condition import (
    Alarming,
    Bound,
    ForeignClient,
    Frozen,
    LimitsDiffer,
    Lost,
    OutsideLimits,
    SetPointChanged,
    Silent,
)
from orchestrator.interlocks.progress import recall, release
from tests.orchestrator.interlocks.course import Course, cell, chamber, rule, silent

NAN = math.nan


@pytest.mark.parametrize(
    ("condition", "fine", "bad"),
    [
        (Bound("voltage", "above", 5.0), {"voltage_V": 5.0}, {"voltage_V": 5.001}),
        (Bound("voltage", "below", -0.5), {"voltage_V": -0.5}, {"voltage_V": -0.501}),
        (Bound("current", "above", 0.1), {"current_A": -0.1}, {"current_A": -0.101}),
        (Bound("temperature", "above", 60.0), {"temperature_degC": 60.0}, {"temperature_degC": 60.1}),
        (Bound("temperature", "below", 0.0), {"temperature_degC": 0.0}, {"temperature_degC": -0.1}),
        (LimitsDiffer(), {}, {"limits_differ": "6 V instead of 5 V"}),
    ],
)
def test_a_cell_beyond_a_bound_trips_at_the_first_look(condition, fine, bad):
    course = Course((rule(condition),))
    for at_s in range(0, 100, 10):
        course.see(cell(float(at_s), **fine))
    assert course.trips == []
    course.see(cell(100.0, **bad)).see(cell(110.0, **bad))
    assert [(trip.at_s, trip.subject) for trip in course.trips] == [(100.0, "cell A1")]


@pytest.mark.parametrize(
    ("condition", "fine", "bad"),
    [
        (Bound("temperature", "above", 70.0), chamber(0, 70.0), chamber(0, 70.1)),
        (OutsideLimits(5.0), chamber(0, 65.0, limits_degC=(0.0, 60.0)), chamber(0, 65.1, limits_degC=(0.0, 60.0))),
        (OutsideLimits(5.0), chamber(0, 99.0), chamber(0, -5.1, limits_degC=(0.0, 60.0))),
        (Alarming(), chamber(0, 25.0), chamber(0, 25.0, alarms=("door open",))),
        (Alarming(), chamber(0, 25.0, state=ChamberState.OFF), chamber(0, 25.0, state=ChamberState.TRIPPED)),
    ],
)
def test_a_chamber_beyond_a_bound_trips_at_the_first_look(condition, fine, bad):
    course = Course((rule(condition, "chamber"),))
    for at_s in range(0, 100, 10):
        course.see(replace(fine, at_s=float(at_s)))
    assert course.trips == []
    course.see(replace(bad, at_s=100.0))
    assert [(trip.at_s, trip.subject) for trip in course.trips] == [(100.0, "chamber oven")]


@pytest.mark.parametrize("value", [None, NAN])
def test_a_value_that_is_none_is_no_bound_passed_and_none_kept(value):
    course = Course((rule(Bound("voltage", "above", 5.0), for_s=30.0),))
    course.see(cell(0.0, voltage_V=5.1)).see(cell(10.0, voltage_V=value)).see(cell(20.0, voltage_V=5.1))
    assert course.trips == []
    assert course.see(cell(30.0, voltage_V=5.1)).first_s == 30.0


def test_voltage_and_current_are_judged_while_a_test_holds_the_cell():
    course = Course((rule(Bound("voltage", "above", 5.0)), rule(Bound("current", "above", 0.1))))
    for at_s, state in enumerate((ChannelState.IDLE, ChannelState.FINISHED, ChannelState.UNKNOWN)):
        course.see(cell(float(at_s), state=state, voltage_V=9.0, current_A=1.0))
    assert course.trips == []
    assert len(course.see(cell(9.0, state=ChannelState.PAUSED, voltage_V=9.0, current_A=1.0)).trips) == 2


def test_the_temperature_is_judged_also_when_nothing_runs():
    course = Course((rule(Bound("temperature", "above", 60.0)),))
    assert course.see(cell(0.0, state=ChannelState.IDLE, temperature_degC=90.0)).first_s == 0.0


@given(poll_s=st.floats(1, 600), for_s=st.floats(0, 300), onset_s=st.floats(0, 300))
def test_a_bound_trips_within_its_time_and_two_looks_and_never_before_its_time(poll_s, for_s, onset_s):
    course = Course((rule(Bound("temperature", "above", 70.0), "chamber", for_s=for_s),))
    at_s = 0.0
    while at_s <= onset_s + for_s + 2 * poll_s and not course.trips:
        course.see(chamber(at_s, 71.0 if at_s >= onset_s else 69.0))
        at_s += poll_s
    assert onset_s + for_s <= course.first_s <= onset_s + for_s + 2 * poll_s + 1e-6


@given(for_s=st.floats(0.1, 3600), later_s=st.floats(0, 1e6), verb=st.sampled_from(["stop", "nothing"]))
def test_one_sample_never_trips_a_rule_with_a_for(for_s, later_s, verb):
    course = Course((rule(Bound("voltage", "above", 5.0), for_s=for_s, verb=verb),))
    course.see(cell(0.0, voltage_V=9.0))
    course.see(silent(0.0), now_s=later_s)  # time passes, somebody else is looked at
    assert course.trips == []


@given(st.lists(st.sampled_from([4.0, 6.0]), max_size=40), st.integers(1, 6))
def test_a_rule_trips_exactly_where_its_condition_has_held_for_its_time(values, length):
    course = Course((rule(Bound("voltage", "above", 5.0), for_s=10.0 * length),))
    expected = math.inf
    run = 0
    for place, value in enumerate(values):
        course.see(cell(10.0 * place, voltage_V=value))
        run = run + 1 if value > 5.0 else 0
        if run > length and expected == math.inf:
            expected = 10.0 * place
    assert course.first_s == expected
    assert len(course.trips) <= 1


@pytest.mark.parametrize("value", [None, NAN])
def test_a_lost_sensor_is_unsafe_at_the_third_sample(value):
    of_cell, of_chamber = Course((rule(Lost()),)), Course((rule(Lost(), "chamber"),))
    for at_s in (0.0, 10.0, 20.0, 30.0):
        of_cell.see(cell(at_s, temperature_degC=value))
        of_chamber.see(chamber(at_s, value))
    assert (of_cell.first_s, of_chamber.first_s) == (20.0, 20.0)


def test_a_glitch_of_a_sensor_and_a_cell_without_one_trip_nothing():
    course = Course((rule(Lost()),))
    for at_s in range(20):
        course.see(cell(float(at_s), temperature_degC=NAN if at_s % 3 else 25.0))
    bare = cell(0.0, temperature_degC=None)
    for at_s in range(9):
        course.see(replace(bare, at_s=100.0 + at_s, place=replace(bare.place, bench="B1", sensor=None)))
    assert course.trips == []


def test_a_chamber_is_frozen_where_its_value_stands_still_while_its_set_point_moved():
    course = Course((rule(Frozen(), "chamber", for_s=600.0),))
    for at_s in range(0, 7200, 60):
        course.see(chamber(float(at_s), 25.0, 25.0))
    assert course.trips == []  # steady at its set point
    for at_s in range(7200, 9000, 60):
        course.see(chamber(float(at_s), 25.0, 40.0))
    assert course.first_s == 7800.0


def test_a_live_chamber_is_not_frozen_however_slowly_it_ramps():
    course = Course((rule(Frozen(), "chamber", for_s=600.0),))
    for at_s in range(0, 36000, 60):
        aim = 25.0 + 0.05 * at_s / 60
        course.see(chamber(float(at_s), round(25.0 + max(0.0, 0.05 * (at_s - 300) / 60), 1), aim))
    assert course.trips == []


def test_a_chamber_that_is_off_need_not_follow_and_a_set_point_that_came_back_was_followed():
    course = Course((rule(Frozen(), "chamber", for_s=600.0),))
    for at_s in range(0, 3600, 60):
        course.see(chamber(float(at_s), 22.0, 25.0 if at_s < 600 else 60.0, state=ChamberState.OFF))
    for at_s in range(3600, 7200, 60):
        course.see(chamber(float(at_s), 25.0, 40.0 if at_s == 3660 else 25.0))
    assert course.trips == []


def test_a_cells_sensor_is_frozen_by_the_chambers_set_point_or_by_the_count_of_its_records():
    by_count = Course((rule(Frozen(), for_s=300.0),))
    for at_s in range(0, 900, 10):
        by_count.see(cell(float(at_s), records=min(at_s, 200)))
    assert by_count.first_s == 500.0
    by_set_point = Course((rule(Frozen(), for_s=300.0),))
    for at_s in range(0, 900, 10):
        by_set_point.see(chamber(float(at_s), 25.0, 25.0 if at_s < 100 else 55.0))
        by_set_point.see(cell(float(at_s), state=ChannelState.IDLE))
    assert by_set_point.first_s == 400.0


def test_a_slow_record_is_no_frozen_sensor():
    course = Course((rule(Frozen(), for_s=300.0),))
    for at_s in range(0, 7200, 10):
        course.see(cell(float(at_s), records=1, temperature_degC=25.0 + 0.01 * ((at_s // 100) % 3)))
    assert course.trips == []


def test_a_set_point_of_somebody_else_trips_at_the_second_look():
    course = Course((rule(SetPointChanged(), "chamber"),))
    for at_s, shown, wanted in (
        (0, 40.0, None),
        (10, 25.1, 25.0),
        (20, 40.0, 25.0),
        (30, 25.0, 25.0),
        (40, 40.0, 25.0),
    ):
        course.see(chamber(float(at_s), 25.0, shown, wanted_degC=wanted))
    assert course.trips == []
    assert course.see(chamber(50.0, 25.0, 40.0, wanted_degC=25.0)).first_s == 50.0


def test_another_program_that_has_the_channel_is_foreign_at_the_second_look():
    course = Course((rule(ForeignClient()),))
    course.see(cell(0.0, ours=False, state=ChannelState.UNKNOWN)).see(
        cell(10.0, ours=False, state=ChannelState.UNKNOWN)
    )
    course.see(cell(20.0, ours=False, state=ChannelState.UNKNOWN, taken=True))
    assert course.trips == []
    course.see(cell(30.0, ours=False, state=ChannelState.UNKNOWN, taken=True))
    assert [trip.message for trip in course.trips] == ["another program has the channel"]


def test_a_foreign_test_trips_at_the_second_look_and_one_of_ours_that_starts_does_not():
    course = Course((rule(ForeignClient()),))
    course.see(cell(0.0, ours=False))  # a new test id beside the old barcode
    course.see(cell(10.0)).see(cell(20.0, ours=False, state=ChannelState.FINISHED))
    assert course.trips == []
    assert course.see(cell(30.0, ours=False)).see(cell(40.0, ours=False)).first_s == 40.0


def test_a_silence_trips_by_time_and_ends_with_the_answer():
    course = Course((rule(Silent(), "instrument", for_s=60.0, verb="nothing"),))
    course.see(silent(0.0, failing=False), now_s=500.0)  # nobody has asked: the poll is slower than the rule
    course.see(silent(500.0), now_s=559.0)
    assert course.trips == []
    course.see(silent(500.0), now_s=560.0).see(silent(500.0), now_s=600.0)
    assert [(trip.at_s, trip.message) for trip in course.trips] == [
        (560.0, "no answer for 60 s: no route; the state of its cells is unknown")
    ]
    course.see(silent(601.0, failing=False))
    assert [over.key for over in course.over] == [course.trips[0].key]
    assert len(course.see(silent(601.0), now_s=661.0).trips) == 2


def test_the_built_in_silence_counts_only_where_a_run_is():
    course = Course((rule(Silent(in_use=True), "instrument", for_s=60.0, verb="nothing"),))
    assert course.see(silent(0.0, in_use=False), now_s=1e4).trips == []
    assert course.see(silent(0.0), now_s=1e4 + 1).trips


def test_a_trip_latches_until_it_is_released_and_then_has_to_hold_anew():
    course = Course((rule(Bound("voltage", "above", 5.0), for_s=10.0),))
    for at_s in range(0, 100, 10):
        course.see(cell(float(at_s), voltage_V=6.0 if at_s < 50 else 4.0))
    course.see(cell(100.0, voltage_V=6.0)).see(cell(110.0, voltage_V=6.0))
    assert (len(course.trips), course.over) == (1, [])
    course.state = release(course.state, course.trips[0].key)
    course.see(cell(120.0, voltage_V=6.0))
    assert len(course.trips) == 1
    course.see(cell(130.0, voltage_V=6.0))
    assert len(course.trips) == 2


def test_a_process_that_begins_remembers_what_has_tripped():
    course = Course((rule(Bound("voltage", "above", 5.0)),))
    tripped = Course(course.rules).see(cell(0.0, voltage_V=6.0)).trips[0].key
    course.state = recall({}, [tripped])
    assert course.see(cell(0.0, voltage_V=6.0)).trips == []


@given(st.lists(st.tuples(st.floats(0, 1e5), st.sampled_from([None, NAN, 6.0, -6.0, 3.0]), st.booleans()), max_size=30))
def test_evaluating_takes_anything_and_an_old_sample_changes_nothing(samples):
    rules = tuple(rule(Bound("voltage", side, 5.0), for_s=5.0) for side in ("above", "below"))
    course = Course((*rules, rule(Lost()), rule(Frozen()), rule(ForeignClient())))
    newest = -1.0
    for at_s, value, ours in samples:
        before = course.state
        course.see(cell(at_s, voltage_V=value, temperature_degC=value, ours=ours))
        if at_s <= newest:
            assert course.state == before
        newest = max(newest, at_s)
