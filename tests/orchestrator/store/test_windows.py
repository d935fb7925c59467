from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.store import extremes
from orchestrator.store.levels import LevelCounter
from orchestrator.store.record_rows import insert_records
from orchestrator.store.recorder import Recorder
from orchestrator.store.segment_tail import load_tail
from orchestrator.store.tail_rows import write_tails
from orchestrator.store.transactions import reading, writing
from orchestrator.store.windows import record_window


def test_a_run_without_records_is_empty_columns(engine, placed):
    with reading(engine) as connection:
        assert {len(column) for column in record_window(connection, placed.run_id).values()} == {0}
        assert {len(column) for column in record_window(connection, placed.run_id, buckets=10).values()} == {0}


@pytest.mark.parametrize(
    ("start_s", "end_s", "first", "last"),
    [(-np.inf, np.inf, 1, 500), (10, 20, 11, 21), (10.5, 20.5, 12, 21), (-5, 0, 1, 1), (498.5, 9999, 500, 500)],
)
def test_a_window_holds_what_lies_in_it_both_ends_included(engine, placed, memory, sliced, start_s, end_s, first, last):
    columns = memory(500)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 500)).result()
    with reading(engine) as connection:
        window = record_window(connection, placed.run_id, start_s, end_s)
        assert len(record_window(connection, placed.run_id, 600, 700)["seq"]) == 0
    assert (window["seq"][0], window["seq"][-1], len(window["seq"])) == (first, last, last - first + 1)


def test_a_window_crosses_segments_in_the_time_of_the_run(engine, placed, memory, sliced, new_segment):
    columns = memory(200)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 200)).result()
        second = recorder.write(lambda connection: new_segment(connection, placed.run_id, 1)).result()
        recorder.record(placed.run_id, second, sliced(columns, 1, 200)).result()
    with reading(engine) as connection:
        window = record_window(connection, placed.run_id, 190.0, 209.0)
        plot = record_window(connection, placed.run_id, 190.0, 209.0, buckets=4)
    assert window["seq"].tolist() == [*range(191, 201), *range(1, 12)]
    assert sorted(set(window["segment_id"].tolist())) == [placed.segment_id, second]
    assert (np.diff(window["test_time_s"]) >= 0).all()
    assert plot["records"].sum() == 21
    assert plot["last_test_time_s"][-1] == 209.0


def test_extremes_survive_decimation(engine, placed, memory, sliced, monkeypatch):
    monkeypatch.setattr(extremes, "_READ_MAX", 20)  # so that 3,000 records are many
    columns = memory(3000)
    columns["voltage_V"][[300, 1717, 2560, 2999]] = (9.5, -3.25, 7.5, -1.5)
    with Recorder(engine) as recorder:
        for first in range(1, 3000, 137):
            recorder.record(placed.run_id, placed.segment_id, sliced(columns, first, min(first + 136, 3000)))
    for start_s, end_s in ((-np.inf, np.inf), (300.0, 2500.0), (2559.0, 2999.0), (17.0, 17.0)):
        with reading(engine) as connection:
            whole = record_window(connection, placed.run_id, start_s, end_s)
            for buckets in (1, 7, 100, 5000):
                plot = record_window(connection, placed.run_id, start_s, end_s, buckets=buckets)
                assert len(plot["records"]) <= buckets
                assert_same_extremes(plot, whole)


def assert_same_extremes(plot, whole):
    for quantity, unit in (("voltage", "V"), ("current", "A"), ("temperature", "degC")):
        measured = whole[f"{quantity}_{unit}"]
        if not np.isnan(measured).all():
            assert np.nanmin(plot[f"{quantity}_min_{unit}"]) == np.nanmin(measured)
            assert np.nanmax(plot[f"{quantity}_max_{unit}"]) == np.nanmax(measured)
    edges = np.cumsum(plot["records"])
    assert edges[-1] == len(whole["seq"])
    np.testing.assert_array_equal(plot["last_test_time_s"], whole["test_time_s"][edges - 1])
    np.testing.assert_array_equal(plot["first_test_time_s"], whole["test_time_s"][edges - plot["records"]])


@given(data=st.data())
def test_levels_hold_the_extremes_of_their_buckets_however_records_come(data, memory):
    columns = memory(2000)
    drop = data.draw(st.lists(st.tuples(st.integers(0, 1999), st.integers(1, 600)), max_size=2))
    kept = np.setdiff1d(np.arange(2000), [at for first, many in drop for at in range(first, min(2000, first + many))])
    counter = LevelCounter()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(kept)), max_size=12)))
    for part in np.split(kept, cuts):
        counter.add({name: column[part] for name, column in columns.items()})
    full = {bucket.bucket: bucket for bucket in counter.full() if bucket.level == 1}
    expected = {int(seq - 1) // 256 for seq in columns["seq"][kept]}
    last = int(columns["seq"][kept[-1]]) if len(kept) else 0
    assert set(full) == {bucket for bucket in expected if (bucket + 1) * 256 <= last}
    for number, bucket in full.items():
        inside = kept[(columns["seq"][kept] - 1) // 256 == number]
        assert bucket.records == len(inside)
        assert (bucket.voltage_min_V, bucket.voltage_max_V) == (
            columns["voltage_V"][inside].min(),
            columns["voltage_V"][inside].max(),
        )
        assert bucket.temperature_max_degC == np.nanmax([*columns["temperature_degC"][inside], -np.inf])


def test_a_million_records_plot_at_once_and_the_levels_go_on_after_a_restart(engine, placed, memory):
    columns = memory(100_000, per_step=200)
    million = {name: np.tile(column, 10) for name, column in columns.items()}
    million["seq"] = np.arange(1, 1_000_001)
    million["test_time_s"] = np.arange(1_000_000.0)
    million["cycle"] = np.sort(million["cycle"])
    million["voltage_V"][777_777] = 4.75
    with writing(engine) as connection:
        for first in range(0, 1_000_000, 250_000):
            part = {name: column[first : first + 250_000] for name, column in million.items()}
            tail = load_tail(connection, placed.segment_id)  # as after a restart
            tail.move(part, {}, "")
            tail.cycles.add(part)
            tail.levels.add(part)
            if first:
                part = {
                    name: column[-70_000:] for name, column in part.items()
                }  # raw ones of the rest are not read below
            insert_records(connection, np.full(len(part["seq"]), placed.segment_id), part)
            write_tails(connection, [tail])
    with reading(engine) as connection:
        every_record_s = seconds(lambda: record_window(connection, placed.run_id))
        plot_s = min(seconds(lambda: record_window(connection, placed.run_id, buckets=1000)) for _ in range(5))
        plot = record_window(connection, placed.run_id, buckets=1000)
    assert plot["records"].sum() == 1_000_000
    assert 500 <= len(plot["records"]) <= 1001
    assert plot["voltage_max_V"].max() == 4.75
    assert 10 * plot_s < every_record_s, "a million as a plot, against the records that are stored one by one"


def seconds(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
