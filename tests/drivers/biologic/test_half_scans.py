"""Each row to its half-scan: whatever the rows' distance, noise, lost rows or a rate that is a little off."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.biologic.half_scans import HalfScan, first_half_scan, follow
from drivers.biologic.scan_course import ScanCourse
from drivers.biologic.technique_list import StepRows
from drivers.contracts import StepKind

VERTICES_V = (0.7, 0.2, 1.0, 0.2, 1.0, 0.5)
RATE_V_per_s = 1e-3


def course(row_V: float, relative: bool = False) -> ScanCourse:
    steps = tuple(StepRows(n + 1, StepKind.SWEEP_UP) for n in range(len(VERTICES_V) - 1))
    vertices_V = tuple(it - 0.7 for it in VERTICES_V) if relative else VERTICES_V
    return ScanCourse(vertices_V, (relative,) * len(VERTICES_V), RATE_V_per_s, row_V, 1, steps)


def swept(row_V: float, rate_V_per_s: float = RATE_V_per_s) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, potentials and numbers of half-scans of rows every ``row_V``, counted from each turn."""
    times, volts, numbers, began_s = [], [], [], 0.0
    for number, (begin_V, end_V) in enumerate(pairwise(VERTICES_V)):
        span_V = abs(end_V - begin_V)
        gone_V = row_V * np.arange(1, int(span_V / row_V + 1e-6) + 1)
        times.append(began_s + gone_V / rate_V_per_s)
        volts.append(begin_V + np.sign(end_V - begin_V) * gone_V)
        numbers.append(np.full(len(gone_V), number))
        began_s += span_V / rate_V_per_s
    return np.concatenate(times), np.concatenate(volts), np.concatenate(numbers)


def numbers_of(of: ScanCourse, time_s: np.ndarray, voltage_V: np.ndarray, cut: int) -> np.ndarray:
    """As decoded in segments of so many rows."""
    now: HalfScan = first_half_scan(of, 0.0, float(time_s[0]), float(voltage_V[0]), 0.7)
    steps = np.zeros(len(time_s), int)
    for begin in range(0, len(time_s), cut):
        part = slice(begin, begin + cut)
        stretches, now = follow(of, now, time_s[part], voltage_V[part], np.zeros(len(time_s[part]), np.uint32))
        for stretch in stretches:
            steps[part][stretch.rows] = stretch.step.step
            upwards = VERTICES_V[stretch.step.step] > VERTICES_V[stretch.step.step - 1]
            assert stretch.kind is (StepKind.SWEEP_UP if upwards else StepKind.SWEEP_DOWN)
    return steps - 1


@given(st.floats(1e-3, 0.2), st.integers(1, 200), st.booleans())
def test_any_distance_of_rows_and_any_cuts(row_V: float, cut: int, relative: bool) -> None:
    time_s, voltage_V, numbers = swept(row_V)
    np.testing.assert_array_equal(numbers_of(course(row_V, relative), time_s, voltage_V, cut), numbers)


@given(st.floats(2e-3, 0.1), st.integers(0, 2**32 - 1), st.floats(0, 0.2), st.floats(-2e-3, 2e-3))
def test_noise_and_a_rate_that_is_off_mislead_only_at_a_vertex(
    row_V: float, seed: int, share: float, off: float
) -> None:
    time_s, voltage_V, numbers = swept(row_V, RATE_V_per_s * (1 + off))
    noise_V = np.random.default_rng(seed).uniform(-1, 1, len(voltage_V)) * share * row_V
    found = numbers_of(course(row_V), time_s, voltage_V + noise_V, 50)
    wrong = np.flatnonzero(found != numbers)
    vertex_V = np.array(VERTICES_V)
    near_V = np.abs(voltage_V[wrong, None] - vertex_V).min(axis=1)
    assert (near_V <= row_V).all()
    assert len(wrong) <= len(VERTICES_V)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
def test_lost_rows_do_not_lead_astray(seed: int, lost: float) -> None:
    time_s, voltage_V, numbers = swept(0.01)
    kept = np.random.default_rng(seed).random(len(time_s)) >= lost
    kept[[0, -1]] = True
    np.testing.assert_array_equal(numbers_of(course(0.01), time_s[kept], voltage_V[kept], 17), numbers[kept])


def test_a_whole_half_scan_may_be_lost() -> None:
    time_s, voltage_V, numbers = swept(0.01)
    kept = (numbers != 2) & (numbers != 3)
    np.testing.assert_array_equal(numbers_of(course(0.01), time_s[kept], voltage_V[kept], 1000), numbers[kept])


def test_a_potential_that_never_came_to_its_vertex_has_turned_all_the_same() -> None:
    time_s, voltage_V, numbers = swept(0.01)
    held = np.maximum(voltage_V, 0.25)  # saturated
    found = numbers_of(course(0.01), time_s, held, 1000)
    far = (voltage_V > 0.4) & (voltage_V < 0.9)
    np.testing.assert_array_equal(found[far], numbers[far])


def test_the_instruments_own_cycle_column_is_believed() -> None:
    steps = (StepRows(1, StepKind.SWEEP_DOWN, 1), StepRows(2, StepKind.SWEEP_UP, 1))
    of = ScanCourse((1.0, 0.2, 1.0), (False,) * 3, RATE_V_per_s, 0.1, 9, steps)
    now = first_half_scan(of, 0.0, 100.0, 0.9, None)
    time_s = np.array([100.0, 200.0, 1e5, 1e5 + 100.0])
    stretches, now = follow(of, now, time_s, np.array([0.9, 0.8, 0.9, 0.8]), np.array([0, 0, 3, 3], np.uint32))
    assert [(it.rows, it.step.step, it.cycles_before) for it in stretches] == [
        (slice(0, 2), 1, 1),
        (slice(2, 4), 1, 4),
    ]
    assert now.number == 6


@pytest.mark.parametrize(("first_V", "wanted_V"), [(0.69, 0.7), (0.71, 0.7)])
def test_where_a_relative_scan_began_follows_from_its_first_row(first_V: float, wanted_V: float) -> None:
    to_V = 0.2 if first_V < wanted_V else 1.2
    of = ScanCourse((0.0, to_V), (True, False), RATE_V_per_s, 0.01, 1, (StepRows(1, StepKind.SWEEP_UP),))
    assert of.initial_V(10.0, first_V, None) == pytest.approx(wanted_V)
    assert of.initial_V(500.0, first_V, 0.7) == 0.7  # rows were lost before: the last potential before counts
