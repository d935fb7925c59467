"""Heating relative to the chamber: heat of its own trips within its time, no ramp of the chamber ever does."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.interlocks.condition import HeatingRate
from orchestrator.interlocks.heating import WINDOW_S
from tests.orchestrator.interlocks.course import Course, cell, chamber, follow, rule

RULE = rule(HeatingRate(3.0, relative=True), for_s=20.0)


def ramps(rate_K_per_min: float, levels_degC: tuple[float, ...], hold_s: float) -> Callable[[float], float]:
    """Air that goes from level to level at this rate, and holds each."""
    times, values = [0.0], [levels_degC[0]]
    for level in levels_degC[1:]:
        times.append(times[-1] + hold_s)
        values.append(values[-1])
        times.append(times[-1] + abs(level - values[-1]) / rate_K_per_min * 60)
        values.append(level)
    return lambda at_s: float(np.interp(at_s, times, values))


def course(
    air: Callable[[float], float],
    *,
    until_s: float,
    cell_poll_s: float,
    chamber_poll_s: float,
    lag_s: float,
    heat: Callable[[float], float] = lambda _: 0.0,
    step_K: float = 0.1,
) -> Course:
    """A cell and its chamber as two thermometers that round show them, each in its own time."""
    looks = np.arange(0.0, until_s, cell_poll_s).tolist()
    own = np.cumsum([0.0, *[heat(at) * cell_poll_s / 60 for at in looks[1:]]])
    shown = [
        round((value + extra) / step_K) * step_K for value, extra in zip(follow(air, looks, lag_s), own, strict=True)
    ]
    cells = [cell(at_s, temperature_degC=value) for at_s, value in zip(looks, shown, strict=True)]
    chambers = [
        chamber(at_s, round(air(at_s) / step_K) * step_K) for at_s in np.arange(0.37, until_s, chamber_poll_s).tolist()
    ]
    return Course((RULE,)).see_all([*cells, *chambers])


@settings(max_examples=20)
@given(
    rate=st.floats(0.2, 3.0),
    levels=st.lists(st.floats(-20.0, 80.0), min_size=2, max_size=4),
    hold_s=st.floats(0.0, 1200.0),
    cell_poll_s=st.sampled_from([1.0, 10.0, 60.0]),
    chamber_poll_s=st.sampled_from([5.0, 10.0, 60.0]),
    lag_s=st.floats(60.0, 1800.0),
)
def test_no_ramp_its_end_or_its_turn_looks_like_heat(rate, levels, hold_s, cell_poll_s, chamber_poll_s, lag_s):
    air = ramps(rate, tuple(levels), hold_s)
    seen = course(air, until_s=3600.0, cell_poll_s=cell_poll_s, chamber_poll_s=chamber_poll_s, lag_s=lag_s)
    assert seen.trips == []


@settings(max_examples=20)
@given(
    heat_K_per_min=st.floats(4.0, 40.0),
    onset_s=st.floats(300.0, 900.0),
    cell_poll_s=st.sampled_from([1.0, 10.0, 60.0]),
    chamber_poll_s=st.sampled_from([5.0, 10.0, 60.0]),
)
def test_heat_of_its_own_trips_within_window_time_and_two_looks(heat_K_per_min, onset_s, cell_poll_s, chamber_poll_s):
    seen = course(
        lambda _: 25.0,
        until_s=1500.0,
        cell_poll_s=cell_poll_s,
        chamber_poll_s=chamber_poll_s,
        lag_s=1e9,
        heat=lambda at_s: heat_K_per_min if at_s >= onset_s else 0.0,
    )
    slower_s = max(cell_poll_s, chamber_poll_s)
    assert onset_s < seen.first_s <= onset_s + WINDOW_S + RULE.for_s + 3 * slower_s


def test_a_cell_that_runs_away_while_its_chamber_ramps_trips_once_it_is_the_warmer_of_the_two():
    air = ramps(3.0, (25.0, 55.0), 300.0)
    seen = course(
        air,
        until_s=1500.0,
        cell_poll_s=1.0,
        chamber_poll_s=5.0,
        lag_s=300.0,
        heat=lambda at_s: 10.0 if at_s >= 400.0 else 0.0,
    )
    assert 400.0 < seen.first_s < 700.0


@settings(max_examples=30)
@given(rate=st.floats(0.5, 2.9), noise_K=st.floats(0.0, 0.1), seed=st.integers(0, 1000))
def test_tenths_of_a_degree_in_a_second_are_no_rate(rate, noise_K, seed):
    noise = np.random.default_rng(seed).normal(0.0, noise_K, 600).clip(-3 * noise_K, 3 * noise_K)
    alone = Course((rule(HeatingRate(4.0, relative=False)),))
    for at_s in range(600):
        alone.see(cell(float(at_s), temperature_degC=25.0 + rate * at_s / 60 + float(noise[at_s])))
    assert alone.trips == []


def test_a_rate_is_over_the_actual_time_between_samples():
    course = Course((rule(HeatingRate(1.0, relative=False)),))
    for at_s, value in ((0.0, 25.0), (3600.0, 60.0), (7200.0, 130.0)):  # 0.58 then 1.17 K/min
        course.see(cell(at_s, temperature_degC=value))
    assert course.first_s == 7200.0


def test_nothing_is_judged_from_one_sample_a_chamber_never_seen_or_a_sensor_without_a_number():
    course = Course((rule(HeatingRate(1.0, relative=True)),))
    for at_s, value in ((0.0, 25.0), (100.0, 90.0)):
        course.see(cell(at_s, temperature_degC=value))
    course.see(chamber(110.0, 25.0)).see(cell(120.0, temperature_degC=90.0))
    course.see(chamber(200.0, 25.0)).see(cell(210.0, temperature_degC=math.nan))
    assert course.trips == []


def test_a_bench_in_no_chamber_is_judged_by_the_cell_alone():
    course = Course((rule(HeatingRate(3.0, relative=True)),))
    for at_s in range(0, 120, 10):
        seen = cell(float(at_s), temperature_degC=25.0 + at_s * 4 / 60)
        course.see(
            type(seen)(
                type(seen.place)("bts-1", "1", "B1", None, "channel"),
                seen.at_s,
                seen.state,
                True,
                temperature_degC=seen.temperature_degC,
            )
        )
    assert course.first_s == 60.0
