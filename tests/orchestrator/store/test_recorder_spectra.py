"""Points of impedance spectra: stored with the records and the cursor of their batch, each once."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select

from drivers.contracts import SPECTRUM_COLUMNS, Batch
from orchestrator.store.errors import StoreError
from orchestrator.store.recorder import Recorder
from orchestrator.store.segments import get_segment, next_offsets
from orchestrator.store.spectra import list_spectra, read_points, spectrum_spans
from orchestrator.store.tables import records, spectra
from orchestrator.store.transactions import reading, writing


def points(columns, first, last):
    inside = (columns["seq"] >= first) & (columns["seq"] <= last)
    return {name: column[inside] for name, column in columns.items()}


def batch(sliced, memory, first, last, of=None, first_point=1, last_point=0):
    """Records ``first..last`` and points ``first_point..last_point``, with both ends as the cursor."""
    cut = sliced(memory(400), first, last)
    return Batch(cut.columns, f"{last}/{last_point}", spectra=points(of, first_point, last_point) if of else {})


def stored_points(engine, run_id):
    with reading(engine) as connection:
        parts = [read_points(connection, span, 1, span.last_seq) for span in spectrum_spans(connection, run_id)]
    return {name: np.concatenate([part[name] for part in parts]) for name in SPECTRUM_COLUMNS}


def assert_points(engine, placed, expected):
    found = stored_points(engine, placed.run_id)
    for name, kind in SPECTRUM_COLUMNS.items():
        assert str(found[name].dtype) == kind
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_points_come_back_to_the_last_bit_with_the_records_beside_them(engine, placed, memory, sliced, spectra_memory):
    of = spectra_memory(3)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 100, of, 1, 20)).result()
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 101, 110)).result()
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 0, of, 21, 36)).result()

    assert_points(engine, placed, of)
    with reading(engine) as connection:
        segment = get_segment(connection, placed.segment_id)
        assert (segment.cursor, segment.records) == ("0/36", 110)
        assert connection.exec_driver_sql('SELECT count(*) FROM spectra WHERE "temperature_degC" IS NULL').scalar() == 7


def test_points_that_come_again_are_not_doubled(engine, placed, memory, sliced, spectra_memory):
    of = spectra_memory(3)
    steps = [(1, 50, 1, 12), (1, 50, 1, 12), (20, 60, 5, 20), (1, 0, 3, 20), (61, 70, 1, 24), (40, 70, 20, 36)]
    for first, last, first_point, last_point in steps:
        with Recorder(engine) as recorder:  # each knows nothing but the database
            one = batch(sliced, memory, first, last, of, first_point, last_point)
            recorder.record(placed.run_id, placed.segment_id, one).result()
    assert_points(engine, placed, of)
    with reading(engine) as connection:
        assert get_segment(connection, placed.segment_id).records == 70


def test_what_came_before_leaves_the_cursor_where_it_is(engine, placed, memory, sliced, spectra_memory):
    of = spectra_memory(2)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 50, of, 1, 24)).result()
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 0, of, 1, 12)).result()
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 20, of, 1, 12)).result()
    with reading(engine) as connection:
        assert get_segment(connection, placed.segment_id).cursor == "50/24"


def test_new_points_beside_known_records_move_the_cursor(engine, placed, memory, sliced, spectra_memory):
    of = spectra_memory(2)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 50, of, 1, 12)).result()
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 50, of, 1, 24)).result()
    assert_points(engine, placed, of)
    with reading(engine) as connection:
        segment = get_segment(connection, placed.segment_id)
        assert (segment.cursor, segment.records) == ("50/24", 50)


def test_points_that_come_again_differently_are_refused_with_their_records(
    engine, placed, memory, sliced, spectra_memory
):
    of = spectra_memory(2)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 50, of, 1, 12)).result()
        other = batch(sliced, memory, 51, 60, spectra_memory(2, seed=2), 1, 24)
        with pytest.raises(StoreError, match=r"points 1\.\.12 of its spectra came again with another z_real_Ohm"):
            recorder.record(placed.run_id, placed.segment_id, other).result()
    assert_points(engine, placed, points(of, 1, 12))
    with reading(engine) as connection:
        assert get_segment(connection, placed.segment_id).records == 50


def test_two_segments_in_one_commit_keep_their_points_apart(
    engine, placed, memory, sliced, spectra_memory, new_segment
):
    of = spectra_memory(2)
    with writing(engine) as connection:
        second = new_segment(connection, placed.run_id, 1)
    with Recorder(engine) as recorder:
        one = batch(sliced, memory, 1, 10, of, 1, 12)
        two = batch(sliced, memory, 1, 20, of, 1, 24)
        for future in recorder.record_all([(placed.run_id, second, two), (placed.run_id, placed.segment_id, one)]):
            future.result()
    with reading(engine) as connection:
        held = connection.execute(select(spectra.c.segment_id, spectra.c.seq).order_by(*spectra.primary_key)).all()
    expected = [(placed.segment_id, seq) for seq in range(1, 13)] + [(second, seq) for seq in range(1, 25)]
    assert [tuple(row) for row in held] == expected


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda columns: columns.pop("z_imag_Ohm"), "spectra lack the column z_imag_Ohm"),
        (lambda columns: columns["z_real_Ohm"].__setitem__(3, np.inf), "z_real_Ohm of point 4 is not a number"),
        (lambda columns: columns["phase_rad"].__setitem__(0, np.nan), "phase_rad of point 1 is not a number"),
        (lambda columns: columns["frequency_Hz"].__setitem__(2, 0.0), "a frequency is not above zero"),
        (lambda columns: columns["seq"].__setitem__(3, 2), "spectra: seq must rise"),
        (lambda columns: columns["spectrum"].__setitem__(11, 0), "spectrum must count from 1 and never fall"),
        (lambda columns: columns.update(step=columns["step"][:5]), "spectra: column step has shape"),
    ],
)
def test_malformed_points_are_refused_at_once(engine, placed, memory, sliced, spectra_memory, spoil, complaint):
    columns = spectra_memory(1)
    spoil(columns)
    with Recorder(engine) as recorder, pytest.raises(StoreError, match=complaint):
        recorder.record(
            placed.run_id, placed.segment_id, Batch(sliced(memory(10), 1, 10).columns, "10", spectra=columns)
        )
    with reading(engine) as connection:
        assert connection.execute(select(records.c.seq)).all() == []


def test_spectra_count_through_the_run(engine, placed, memory, sliced, spectra_memory, new_segment):
    of = spectra_memory(3)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, batch(sliced, memory, 1, 100, of, 1, 36)).result()
        second = recorder.write(lambda connection: new_segment(connection, placed.run_id, 1)).result()
        recorder.record(placed.run_id, second, batch(sliced, memory, 1, 0, of, 1, 18)).result()
    with reading(engine) as connection:
        first_offsets = get_segment(connection, second)
        told = list_spectra(connection, placed.run_id)
        offsets = next_offsets(connection, placed.run_id)
    found = stored_points(engine, placed.run_id)

    assert [one.number for one in told] == [1, 2, 3, 4, 5]
    assert [one.points for one in told] == [12, 12, 12, 12, 6]
    assert [one.label for one in told] == ["label 2", "label 3", "label 2", "label 2", "label 3"]
    assert [one.line for one in told] == [5, 6, 5, 5, 6]
    assert [one.span.item for one in told] == [0, 0, 0, 1, 1]
    assert (told[0].frequency_max_Hz, told[0].frequency_min_Hz) == (of["frequency_Hz"][0], of["frequency_Hz"][11])
    assert told[0].temperature_degC == pytest.approx(np.nanmean(of["temperature_degC"][:12]))
    assert told[0].voltage_V == pytest.approx(of["voltage_V"][:12].mean())
    assert found["spectrum"].tolist() == [*of["spectrum"], *(of["spectrum"][:18] + 3)]
    cycle, time_s = first_offsets.cycle_offset, first_offsets.time_offset_s
    assert (cycle, time_s) == (1, of["test_time_s"][-1])  # spectra count no cycles, but they take time
    assert found["cycle"].tolist() == [*of["cycle"], *(of["cycle"][:18] + cycle)]
    assert found["test_time_s"].tolist() == [*of["test_time_s"], *(of["test_time_s"][:18] + time_s)]
    assert told[3].started_test_time_s == time_s
    assert offsets == (cycle, time_s + of["test_time_s"][17])


def test_a_run_without_spectra_has_none(engine, placed):
    with reading(engine) as connection:
        assert list_spectra(connection, placed.run_id) == []
