"""What a plot of a run needs beside its extremes: where events lie, where records are missing, the step's capacity."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.store import extremes
from orchestrator.store.recorder import Recorder
from orchestrator.store.run_gaps import RunGap, run_gaps
from orchestrator.store.run_times import run_times
from orchestrator.store.transactions import reading
from orchestrator.store.voltammograms import has_sweeps, voltammograms
from orchestrator.store.windows import record_window
from tests.orchestrator.export.voltammetry_run import PER_SWEEP, store_voltammetry, voltammogram

PAUSED_s = 5000.0


def test_an_event_lies_at_the_test_time_of_the_next_record_also_behind_a_pause(
    engine, placed, memory, sliced, new_segment
):
    columns = memory(300)
    columns["unix_time_s"][100:] += PAUSED_s  # the test's own time stands still meanwhile
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 300)).result()
        second = recorder.write(lambda connection: new_segment(connection, placed.run_id, 1)).result()
        columns["unix_time_s"] += 6000.0
        recorder.record(placed.run_id, second, sliced(columns, 1, 300)).result()
    began_s, offset_s = 1.7e9, 299.0
    moments_s = {
        began_s - 10: 0.0,
        began_s: 0.0,
        began_s + 42.5: 43.0,
        began_s + 2000: 100.0,
        began_s + PAUSED_s + 150: 150.0,
        began_s + PAUSED_s + 299.5: 299.0,
        began_s + 6000 + 42: offset_s + 42.0,
        began_s + 1e6: offset_s + 299.0,
    }
    with reading(engine) as connection:
        assert run_times(connection, placed.run_id, list(moments_s)) == list(moments_s.values())


def test_a_run_without_records_has_its_events_at_the_beginning(engine, placed):
    with reading(engine) as connection:
        assert run_times(connection, placed.run_id, [1.0, 2e9]) == [0.0, 0.0]
        assert run_gaps(connection, placed.run_id) == []
        assert voltammograms(connection, placed.run_id, newest=5, points=10) == []
        assert not has_sweeps(connection, placed.run_id)


def test_a_gap_is_where_numbers_are_missing(engine, placed, memory, sliced):
    columns = memory(600)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 199)).result()
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 231, 600)).result()
    with reading(engine) as connection:
        assert run_gaps(connection, placed.run_id) == [RunGap(2, 198.0, 230.0, 31)]


def test_the_capacity_of_a_window_is_exact_where_all_of_its_records_are_drawn(engine, placed, memory, sliced):
    columns = memory(600)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 600)).result()
    with reading(engine) as connection:
        plot = record_window(connection, placed.run_id, buckets=7)
    assert plot["step_capacity_max_Ah"].max() == columns["step_capacity_Ah"].max()
    assert plot["step_capacity_min_Ah"].min() == 0.0


def test_of_a_level_the_capacity_is_that_of_the_last_record_of_a_bucket(engine, placed, memory, sliced, monkeypatch):
    monkeypatch.setattr(extremes, "_READ_MAX", 20)
    monkeypatch.setattr(extremes, "_CAPACITIES_MAX", 4)
    columns = memory(2048)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 2048)).result()
    with reading(engine) as connection:
        plot = record_window(connection, placed.run_id, buckets=100)
    assert plot["records"].tolist() == [256] * 8
    told = columns["step_capacity_Ah"][255::256]
    told[1::2] = np.nan  # of eight buckets, four
    np.testing.assert_array_equal(plot["step_capacity_min_Ah"], told)
    np.testing.assert_array_equal(plot["step_capacity_max_Ah"], told)


@pytest.mark.parametrize("newest", [3, 2])
def test_cycles_of_sweeps_are_curves_at_the_rate_that_was_measured(engine, newest):
    run_id = store_voltammetry(engine, cycles=3)
    measured = voltammogram(3)
    with reading(engine) as connection:
        assert has_sweeps(connection, run_id)
        curves = voltammograms(connection, run_id, newest=newest, points=1000)
    assert [one.cycle for one in curves] == [1, 2, 3][-newest:]
    last = curves[-1]
    np.testing.assert_array_equal(last.current_A, measured["current_A"][-2 * PER_SWEEP :])
    np.testing.assert_array_equal(last.voltage_V, measured["voltage_V"][-2 * PER_SWEEP :])
    assert last.scan_rate_V_per_s == pytest.approx(1.49 / ((PER_SWEEP - 1) * 100.0))


def test_a_curve_is_thinned_out(engine):
    run_id = store_voltammetry(engine, cycles=1)
    with reading(engine) as connection:
        (curve,) = voltammograms(connection, run_id, newest=5, points=20)
    assert len(curve.voltage_V) == len(curve.current_A) == 20
    assert (curve.voltage_V[0], curve.voltage_V[-1]) == (1.5, 1.5)
