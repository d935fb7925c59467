"""Stability is measured over the whole window, never assumed."""

from __future__ import annotations

import pytest

from orchestrator.engine.chambers.stability import Stability
from tests.orchestrator.engine.chambers.chamber_world import stable


def test_a_whole_window_within_the_tolerance_is_stable() -> None:
    found = stable(*((second, 55.3) for second in range(0, 3601, 30)))
    assert found.reached(3600.0)
    assert not found.reached(3601.0)


def test_one_sample_is_enough_where_no_soak_is_asked_for() -> None:
    assert stable((0, 54.6)).reached(0.0)
    assert not stable((0, 54.4)).reached(0.0)


@pytest.mark.parametrize(
    "disturbance",
    [pytest.param(54.49, id="outside"), pytest.param(55.51, id="overshoot"), pytest.param(None, id="sensor lost")],
)
def test_one_bad_sample_begins_the_window_anew(disturbance: float | None) -> None:
    samples = [(second, 55.0) for second in range(0, 1801, 30)]
    found = stable(*samples, (1830, disturbance), (1860, 55.0), (1890, 55.0))
    assert found.held_s == 30.0


def test_a_silence_longer_than_the_allowed_gap_begins_the_window_anew() -> None:
    assert stable((0, 55.0), (60, 55.0), (121, 55.0), (150, 55.0)).held_s == 29.0
    assert stable((0, 55.0), (60, 55.0), (120, 55.0), (150, 55.0)).held_s == 150.0


def test_a_value_that_stands_still_away_from_its_target_is_frozen() -> None:
    away = stable(*((second, 31.25) for second in range(0, 601, 30)))
    there = stable(*((second, 55.0) for second in range(0, 601, 30)))
    moving = stable(*((second, 31.25 + second / 60) for second in range(0, 601, 30)))
    assert (away.frozen, there.frozen, moving.frozen) == (True, False, False)


def test_the_time_to_go_follows_the_slope_and_before_it_is_known_the_ramp() -> None:
    fresh = stable((0, 25.0), (30, 25.5))
    ramping = stable(*((second, 25.0 + second / 60) for second in range(0, 601, 30)))
    assert fresh.seconds_to_go(2.0) == pytest.approx(29.0 / 2.0 * 60)
    assert fresh.seconds_to_go(None) is None
    assert ramping.seconds_to_go(2.0) == pytest.approx(19.5 * 60)


def test_nothing_is_known_before_the_first_sample() -> None:
    found = Stability(55.0, 0.5, 60.0)
    assert (found.held_s, found.away_K, found.frozen, found.reached(0.0)) == (0.0, None, False, False)
