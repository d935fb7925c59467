from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.estimate import BYTES_PER_RECORD, HOLD_TIME_CONSTANT_S, estimate_program
from protocols.plan import Estimate
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Rest,
    Step,
    Until,
)

HERE = Origin(1, "steps[0]")
Q_Ah = 3.35e-3


def estimate(*steps: Step, record: Record | None = None, nominal_Ah: float | None = Q_Ah) -> Estimate:
    return estimate_program(Program(steps, Limits(-0.05, 2.0, 0.02), record or Record(10.0)), nominal_Ah)


def cycle(current_A: float) -> tuple[Step, Step]:
    down = ConstantCurrent(-current_A, Until(voltage_V=0.01), HERE)
    return down, ConstantCurrent(current_A, Until(voltage_V=1.5), HERE)


def test_a_rest_takes_its_time() -> None:
    assert estimate(Rest(Until(duration_s=600.0), HERE)) == Estimate(600.0, 62, 0, 62 * BYTES_PER_RECORD)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(1e-4, 2e-2), st.integers(1, 1000)), min_size=1, max_size=6))
def test_full_cycles_take_twice_the_nominal_capacity_over_the_current(loops: list[tuple[float, int]]) -> None:
    got = estimate(*(Loop(count, cycle(current_A), HERE) for current_A, count in loops))
    expected_s = sum(2 * Q_Ah / current_A * 3600 * count for current_A, count in loops)
    assert got.duration_s == pytest.approx(expected_s, rel=1e-9)
    assert got.cycles == sum(count for _, count in loops)


def test_records_come_from_interval_and_voltage_change() -> None:
    got = estimate(*cycle(2 * Q_Ah), record=Record(10.0, 0.005))
    per_half_cycle = 2 + 1800 // 10 + math.floor(1.49 / 0.005)
    assert got.records == pytest.approx(2 * per_half_cycle, abs=2)
    assert got.bytes == got.records * BYTES_PER_RECORD
    assert got.cycles == 1


def test_the_first_of_duration_and_capacity_ends_a_step() -> None:
    by_time = ConstantCurrent(-Q_Ah, Until(voltage_V=0.01, duration_s=600.0), HERE)
    by_charge = ConstantCurrent(-Q_Ah, Until(voltage_V=0.01, capacity_Ah=Q_Ah / 4), HERE)
    assert estimate(by_time).duration_s == pytest.approx(600.0)
    assert estimate(by_charge).duration_s == pytest.approx(900.0)


def test_a_charge_puts_back_what_a_discharge_took() -> None:
    part = ConstantCurrent(-Q_Ah, Until(capacity_Ah=Q_Ah / 4), HERE)
    back = ConstantCurrent(Q_Ah / 2, Until(voltage_V=1.5), HERE)
    low = ConstantCurrent(-Q_Ah, Until(voltage_V=0.01), HERE)
    assert estimate(part, back, low).duration_s == pytest.approx(900 + 1800 + 3600)


def test_a_loop_that_drifts_stays_between_empty_and_full() -> None:
    up = ConstantCurrent(Q_Ah, Until(capacity_Ah=Q_Ah / 2, voltage_V=1.5), HERE)
    down = ConstantCurrent(-Q_Ah, Until(capacity_Ah=Q_Ah / 4, voltage_V=0.01), HERE)
    got = estimate(Loop(100, (up, down), HERE))
    # from empty: +1/2 -1/4, +1/2 -1/4, then always +1/4 … -1/4 or +1/2 up to full
    assert got.duration_s == pytest.approx((2 * 0.75 + 98 * 0.75) * 3600, rel=0.02)


def test_a_held_voltage_decays_or_takes_its_time() -> None:
    start = ConstantCurrent(Q_Ah, Until(voltage_V=1.5), HERE)
    decays = ConstantVoltage(1.5, "charge", Q_Ah, Until(current_A=Q_Ah / 20), HERE)
    timed = ConstantVoltage(1.5, "charge", Q_Ah, Until(current_A=Q_Ah / 20, duration_s=60.0), HERE)
    assert estimate(start, decays).duration_s == pytest.approx(3600 + HOLD_TIME_CONSTANT_S * math.log(20))
    assert estimate(start, timed).duration_s == pytest.approx(3660)


def test_constant_current_then_constant_voltage_is_the_sum_capped_by_its_duration() -> None:
    free = ConstantCurrentConstantVoltage(Q_Ah, 1.5, Until(current_A=Q_Ah / 20), HERE)
    capped = ConstantCurrentConstantVoltage(Q_Ah, 1.5, Until(current_A=Q_Ah / 20, duration_s=3700.0), HERE)
    first = ConstantCurrent(-Q_Ah, Until(voltage_V=0.01), HERE)
    assert estimate(first, free).duration_s == pytest.approx(7200 + HOLD_TIME_CONSTANT_S * math.log(20))
    assert estimate(first, capped).duration_s == pytest.approx(7300)


def test_inner_loops_count_cycles() -> None:
    inner = Loop(5, cycle(Q_Ah), HERE)
    got = estimate(Loop(4, (Rest(Until(duration_s=60.0), HERE), inner), HERE))
    assert got.cycles == 20
    assert got.duration_s == pytest.approx(4 * 60 + 20 * 7200)


def test_without_a_nominal_capacity_the_largest_current_is_1C() -> None:
    assert estimate(*cycle(0.005), nominal_Ah=None).duration_s == pytest.approx(7200)


def test_a_million_cycles_are_estimated_at_once() -> None:
    loop = Loop(1_000_000, (Loop(1_000_000, cycle(Q_Ah), HERE),), HERE)
    assert estimate(loop).cycles == 10**12
