from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest

from drivers.contracts import RECORD_COLUMNS, Batch
from orchestrator.store.cycle_rows import list_cycles
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.events import append_event, list_events
from orchestrator.store.levels import FAN_OUT
from orchestrator.store.recorder import Recorder
from orchestrator.store.segments import finish_segment, get_segment
from orchestrator.store.tables import cycles, record_levels
from orchestrator.store.transactions import reading, writing
from orchestrator.store.windows import record_window


def stored(engine, run_id):
    with reading(engine) as connection:
        return record_window(connection, run_id)


def assert_equals_memory(engine, placed, columns):
    window = stored(engine, placed.run_id)
    for name in RECORD_COLUMNS:
        np.testing.assert_array_equal(window[name], columns[name], err_msg=name)
    with reading(engine) as connection:
        segment = get_segment(connection, placed.segment_id)
    assert (segment.records, segment.cursor) == (len(columns["seq"]), str(columns["seq"][-1]))


def test_every_column_of_every_record_is_stored_as_measured_with_its_cursor(engine, placed, memory, sliced):
    columns = memory(1000)
    with Recorder(engine) as recorder:
        for first in range(1, 1000, 90):
            recorder.record(placed.run_id, placed.segment_id, sliced(columns, first, min(first + 89, 1000)))
    assert_equals_memory(engine, placed, columns)


def test_cycles_appear_as_data_comes_and_end_with_the_segment(engine, placed, memory, sliced):
    columns = memory(400)  # 150 records a cycle
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 400)).result()
        with reading(engine) as connection:
            found = list_cycles(connection, placed.run_id)
            assert [(cycle.cycle, cycle.complete, cycle.label) for cycle in found] == [
                (1, True, "label 2"),
                (2, True, "label 2"),
                (3, False, "label 2"),
            ]
            assert found[1].discharge_capacity_Ah == columns["step_capacity_Ah"][249]
            assert found[1].charge_capacity_Ah == columns["step_capacity_Ah"][299]
        recorder.write(lambda connection: finish_segment(connection, placed.segment_id, "finished", now=9.0)).result()
    with reading(engine) as connection:
        assert all(cycle.complete for cycle in list_cycles(connection, placed.run_id))


def test_restarts_in_the_middle_change_nothing(engine, placed, memory, sliced):
    columns = memory(1500, per_step=37)
    edges = [0, 1, 36, 37, 38, 255, 256, 257, 300, 700, 1100, 1500]
    for first, last in pairwise(edges):
        with Recorder(engine) as recorder:  # each knows nothing but the database
            recorder.record(placed.run_id, placed.segment_id, sliced(columns, first + 1, last)).result()
    assert_equals_memory(engine, placed, columns)
    pieces = derived(engine)
    with writing(engine) as connection:
        for table in ("records", "cycles", "record_levels"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE segments SET cursor = '', records = 0")
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 1500)).result()
    whole = derived(engine)
    assert len(pieces[1]) == 1500 // FAN_OUT
    assert pieces[1] == whole[1]
    assert len(pieces[0]) == len(whole[0])
    for one, other in zip(*(of[0] for of in (pieces, whole)), strict=True):
        assert one == pytest.approx(other, abs=1e-15) if isinstance(one, float) else one == other


def derived(engine):
    """Values of the cycles, one after the other, and the rows of the levels."""
    with reading(engine) as connection:
        of_cycles = connection.execute(cycles.select().order_by(cycles.c.cycle)).all()
        of_levels = connection.execute(record_levels.select().order_by(*record_levels.primary_key)).all()
    return [value for row in of_cycles for value in row], [tuple(row) for row in of_levels]


def test_records_that_come_again_are_not_doubled(engine, placed, memory, sliced):
    columns = memory(300)
    with Recorder(engine) as recorder:
        for first, last in ((1, 100), (1, 100), (51, 200), (20, 60), (150, 300)):
            recorder.record(placed.run_id, placed.segment_id, sliced(columns, first, last)).result()
    assert_equals_memory(engine, placed, columns)


def test_records_that_come_again_differently_are_refused(engine, placed, memory, sliced):
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(memory(100), 1, 100)).result()
        other = recorder.record(placed.run_id, placed.segment_id, sliced(memory(150, seed=2), 1, 150))
        with pytest.raises(
            StoreError, match="came again with another voltage_V; the instrument's memory is of another"
        ):
            other.result()
    assert_equals_memory(engine, placed, memory(100))


def test_an_empty_batch_moves_the_cursor_alone(engine, placed, memory, sliced):
    columns = memory(100)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 100)).result()
        recorder.record(placed.run_id, placed.segment_id, Batch(sliced(columns, 0, 0).columns, "layer 4")).result()
    with reading(engine) as connection:
        assert get_segment(connection, placed.segment_id).cursor == "layer 4"


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda columns: columns.pop("voltage_V"), "lack the column voltage_V"),
        (lambda columns: columns["voltage_V"].__setitem__(3, np.nan), "voltage_V of record 4 is not a number"),
        (lambda columns: columns["seq"].__setitem__(3, 2), "seq must rise"),
        (lambda columns: columns.update(step=columns["step"][:5]), "column step has shape"),
    ],
)
def test_a_malformed_batch_is_refused_at_once(engine, placed, memory, spoil, complaint):
    columns = memory(10)
    spoil(columns)
    with Recorder(engine) as recorder, pytest.raises(StoreError, match=complaint):
        recorder.record(placed.run_id, placed.segment_id, Batch(columns, "10"))


def test_a_segment_of_another_run_or_of_none_is_refused_and_others_go_on(engine, placed, memory, sliced):
    columns = memory(10)
    with Recorder(engine) as recorder:
        futures = recorder.record_all(
            [
                (placed.run_id, 999, sliced(columns, 1, 10)),
                (placed.run_id + 1, placed.segment_id, sliced(columns, 1, 10)),
                (placed.run_id, placed.segment_id, sliced(columns, 1, 10)),
            ]
        )
        with pytest.raises(StoreError, match="segment 999 is not in the database"):
            futures[0].result()
        with pytest.raises(StoreError, match="belongs to run"):
            futures[1].result()
        futures[2].result()
    assert_equals_memory(engine, placed, columns)


def test_a_failing_change_rolls_back_only_itself(engine, placed, memory, sliced):
    columns = memory(10)

    def half(connection):
        append_event(connection, now=1.0, actor="engine", kind="half", message="not to be seen")
        raise ValueError("on purpose")

    def whole(connection):
        append_event(connection, now=1.0, actor="engine", kind="whole", message="seen")
        return 17

    with Recorder(engine) as recorder:
        gate = threading.Event()
        recorder.write(lambda _: gate.wait(60))
        failing, recorded, written = (
            recorder.write(half),
            recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 10)),
            recorder.write(whole),
        )
        gate.set()  # the three are one transaction now
        with pytest.raises(ValueError, match="on purpose"):
            failing.result()
        recorded.result()
        assert written.result() == 17
    with reading(engine) as connection:
        assert [event.kind for event in list_events(connection) if event.kind != "launch"] == ["whole"]
    assert_equals_memory(engine, placed, columns)


def test_what_a_second_writer_stored_is_not_doubled(engine, placed, memory, sliced):
    columns = memory(120)
    with Recorder(engine) as stale, Recorder(engine) as other:
        stale.record(placed.run_id, placed.segment_id, sliced(columns, 1, 50)).result()
        other.record(placed.run_id, placed.segment_id, sliced(columns, 51, 100)).result()
        with pytest.raises(StoreError, match="is a second node writing"):
            stale.record(placed.run_id, placed.segment_id, sliced(columns, 51, 120)).result()
        stale.record(placed.run_id, placed.segment_id, sliced(columns, 51, 120)).result()  # it has looked again
    assert_equals_memory(engine, placed, columns)


def test_closing_writes_what_waits_and_then_refuses(engine, placed, memory, sliced):
    columns = memory(500)
    recorder = Recorder(engine)
    futures = [
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, first, first + 9))
        for first in range(1, 500, 10)
    ]
    recorder.close()
    recorder.close()
    assert all(future.done() for future in futures)
    with pytest.raises(StoreUnavailable, match="shutting down"):
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 10))
    assert_equals_memory(engine, placed, columns)


def test_a_full_backlog_holds_its_feeders_back(engine, placed, memory, sliced):
    columns = memory(30)
    gate, held = threading.Event(), threading.Event()

    def hold(_connection):
        held.set()
        gate.wait(60)

    with Recorder(engine, capacity=20, patience_s=0.01) as recorder:
        recorder.write(hold)
        assert held.wait(60)
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 30))
        with pytest.raises(StoreUnavailable, match=r"1 jobs \(30 records\) wait for the database"):
            recorder.write(lambda _: None)
        gate.set()
    assert_equals_memory(engine, placed, columns)


def test_a_cancelled_change_is_left_out(engine):
    gate, held = threading.Event(), threading.Event()

    def hold(_connection):
        held.set()
        gate.wait(60)

    with Recorder(engine) as recorder:
        recorder.write(hold)
        assert held.wait(60)
        done = []
        assert recorder.write(lambda _: done.append(1)).cancel()
        gate.set()
    assert done == []


def test_two_segments_of_a_run_follow_each_other_in_cycles_and_time(engine, placed, memory, sliced, new_segment):
    columns = memory(200)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 200)).result()
        second = recorder.write(lambda connection: new_segment(connection, placed.run_id, 1)).result()
        recorder.record(placed.run_id, second, sliced(columns, 1, 200)).result()
    window = stored(engine, placed.run_id)
    np.testing.assert_array_equal(window["cycle"], np.concatenate([columns["cycle"], columns["cycle"] + 2]))
    np.testing.assert_array_equal(window["test_time_s"][200:], columns["test_time_s"] + 199.0)
    with reading(engine) as connection:
        assert [cycle.cycle for cycle in list_cycles(connection, placed.run_id)] == [1, 2, 3, 4]
