from __future__ import annotations

import numpy as np
import pytest

from orchestrator.web.timeline import Timeline, timeline_of
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.reading import load_protocol

CELL = Cell("L1", 0.00275, 1.131, 0.00335, 0.01, 1.5)


@pytest.mark.parametrize("name", ["formation", "rate-ladder", "cycling-2c-500", "cv-scan-rates", "gitt"])
def test_every_cycle_of_a_plan_has_its_end_within_the_estimate(name: str) -> None:
    plan = compile_protocol(load_protocol(name), CELL)

    timeline = timeline_of(plan)

    assert len(timeline.cycle_ends_s) == plan.estimate.cycles
    assert np.all(np.diff(timeline.cycle_ends_s) > 0)
    assert timeline.cycle_ends_s[-1] <= timeline.total_s * (1 + 1e-9)


def test_slow_cycles_of_a_ladder_take_longer_than_fast_ones() -> None:
    ends_s = timeline_of(compile_protocol(load_protocol("rate-ladder"), CELL)).cycle_ends_s

    at_0_2_A_g, at_5_A_g = ends_s[1] - ends_s[0], ends_s[31] - ends_s[30]
    assert at_0_2_A_g / at_5_A_g == pytest.approx(25, rel=0.01)


def test_cycles_to_come_are_as_fast_as_those_done() -> None:
    timeline = Timeline(np.array([100.0, 200.0, 300.0]), 300.0)

    assert timeline.left_s(0, 0.0, 0.0) == (300.0, 0.0)
    assert timeline.left_s(1, 50.0, 50.0) == (100.0, pytest.approx(1 / 3))
    assert timeline.left_s(1, 50.0, 75.0) == (75.0, pytest.approx(0.5))
    assert timeline.left_s(3, 150.0, 1e9) == (0.0, 1.0)
    assert timeline.left_s(9, 150.0, 150.0) == (0.0, 1.0)
    assert Timeline(np.empty(0), 0.0).left_s(0, 0.0, 5.0) == (0.0, 0.0)


def test_ramps_and_soaks_are_no_test_time_and_those_ahead_are_left() -> None:
    stepped = Timeline(np.empty(0), 3600.0, (1800.0, 0.0, 600.0, 0.0))
    assert stepped.left_s(0, 0.0, 0.0, 0) == (6000.0, 0.0)
    assert stepped.left_s(0, 0.0, 900.0, 1) == (3300.0, 2700.0 / 6000.0)
    assert stepped.left_s(0, 0.0, 3600.0, 3) == (0.0, 1.0)


@pytest.mark.parametrize(("name", "early"), [("gitt", True), ("cycling-2c-500", True), ("rate-ladder", False)])
def test_a_plan_whose_loops_may_end_early_says_so(name: str, early: bool) -> None:
    assert timeline_of(compile_protocol(load_protocol(name), CELL)).may_end_early is early


def test_a_titration_is_reckoned_by_the_pulses_that_are_expected_not_by_those_that_are_allowed() -> None:
    """Half of the count that it may go to; and what one direction takes more is none of the other's."""
    timeline = timeline_of(compile_protocol(load_protocol("gitt"), CELL))
    down = timeline.cycles_before[1]
    assert timeline.cycles_before == (0, down, timeline.cycles)
    assert down == pytest.approx(90, abs=1)  # of 1/90 of the nominal capacity each

    half_s = float(timeline.cycle_ends_s[down // 2 - 1])
    left_s, fraction = timeline.left_s(timeline.done(0, down // 2), half_s, half_s)
    assert left_s == pytest.approx(timeline.total_s - half_s)
    assert fraction == pytest.approx(half_s / timeline.total_s)

    assert timeline.done(0, down + 30) == timeline.done(1, 0) == down
    assert timeline.done(1, 10_000) == timeline.done(2, 0) == timeline.cycles


def test_every_program_of_a_stepped_impedance_is_a_cycle() -> None:
    plan = compile_protocol(load_protocol("impedance-temperature"), CELL)
    timeline = timeline_of(plan)
    assert timeline.cycles == 6
    assert timeline.cycles_before[-1] == len(timeline.cycle_ends_s)
    assert [timeline.done(item, 1) for item in (1, 3)] == [1, 2]
