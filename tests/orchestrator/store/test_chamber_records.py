"""What chambers measured, and their temperature between two looks."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.store.chamber_records import (
    GAP_MAX_S,
    ChamberRecord,
    insert_chamber_records,
    process_values,
    read_chamber,
)
from orchestrator.store.transactions import reading, writing

NOON = 1_767_614_400.0


def looks(*told, chamber="oven"):
    return [ChamberRecord(chamber, NOON + at_s, degC, 25.0, None, "running") for at_s, degC in told]


def store(engine, *told, chamber="oven"):
    with writing(engine) as connection:
        insert_chamber_records(connection, looks(*told, chamber=chamber))


def at(engine, *times_s):
    with reading(engine) as connection:
        return process_values(connection, "oven", NOON + np.array(times_s, dtype=np.float64))


def test_looks_come_back_and_what_was_not_told_is_no_number(engine):
    store(engine, (0, 20.0), (5, None), (10, float("nan")))
    store(engine, (0, 99.0), chamber="other")
    with reading(engine) as connection:
        found = read_chamber(connection, "oven", NOON, NOON + 60)
    assert found["unix_time_s"].tolist() == [NOON, NOON + 5, NOON + 10]
    np.testing.assert_array_equal(found["process_degC"], [20.0, np.nan, np.nan])
    assert found["set_point_degC"].tolist() == [25.0] * 3
    assert np.isnan(found["output_percent"]).all()


def test_the_same_moment_again_leaves_what_is_stored(engine):
    store(engine, (0, 20.0))
    store(engine, (0, 21.0), (5, 22.0))
    assert at(engine, 0, 5).tolist() == [20.0, 22.0]


def test_nothing_is_no_statement(engine):
    store(engine)
    assert np.isnan(at(engine, 0)).all()


def test_between_two_looks_it_is_a_straight_line(engine):
    store(engine, (0, 20.0), (10, 30.0), (20, 30.0))
    assert at(engine, 0, 2.5, 10, 15, 20) == pytest.approx([20.0, 22.5, 30.0, 30.0, 30.0])


def test_nothing_is_said_outside_the_looks_or_where_they_are_far_apart(engine):
    store(engine, (0, 20.0), (10, 21.0), (10 + GAP_MAX_S + 1, 40.0), (700, 41.0))
    found = at(engine, -1, 10, 11, 600, 10 + GAP_MAX_S + 1, 700, 701)
    np.testing.assert_array_equal(found, [np.nan, 21.0, np.nan, np.nan, 40.0, 41.0, np.nan])


def test_a_sensor_that_failed_leaves_a_hole(engine):
    store(engine, (0, 20.0), (10, 21.0), (20, None), (30, 23.0), (40, 24.0))
    np.testing.assert_array_equal(at(engine, 5, 15, 25, 35), [20.5, np.nan, np.nan, 23.5])


def test_midnight_and_the_order_of_the_times_make_no_difference(engine):
    day_s = 12 * 3600.0
    store(engine, *((day_s + step, float(step)) for step in range(-400, 401, 100)))
    times_s = day_s + np.array([390.0, -390.0, 0.0, -1.0, 1.0, 250.0])
    assert at(engine, *times_s) == pytest.approx(times_s - day_s)


def test_one_look_alone_tells_its_own_moment(engine):
    store(engine, (0, 20.0))
    np.testing.assert_array_equal(at(engine, -1, 0, 1), [np.nan, 20.0, np.nan])
