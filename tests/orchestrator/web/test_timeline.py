from __future__ import annotations

import numpy as np
import pytest

from orchestrator.web.timeline import Timeline, timeline_of
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.reading import load_protocol

CELL = Cell("L1", 0.00275, 1.131, 0.00335, 0.01, 1.5)


@pytest.mark.parametrize("name", ["formation", "rate-ladder", "cycling-2c-500"])
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
