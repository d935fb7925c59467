"""A reader that goes back to the stored cursor after a failure: nothing is doubled, nothing is skipped."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.contracts import Batch
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.record_job import RecordJob
from orchestrator.store.record_writer import RecordWriter
from orchestrator.store.recorder import Recorder
from orchestrator.store.segments import get_segment
from orchestrator.store.spectra import read_points, spectrum_spans
from orchestrator.store.transactions import reading, writing
from orchestrator.store.windows import record_window

_SIZES = {"records": 10, "points": 8}
_number = itertools.count()


@pytest.fixture
def database_url(tmp_path):
    """What is remembered of failures has nothing to do with the kind of database."""
    return f"sqlite:///{tmp_path / 'lab.sqlite'}"


class _LostError(Exception):
    """The transaction was rolled back."""


def _lose(fails):
    if fails:
        raise _LostError


def _job(placed, frame, rows, of):
    """One frame as a batch: ten records, or eight points, as the instrument delivered them."""
    place, kind, first = frame
    columns = rows if kind == "records" else of
    inside = (columns["seq"] >= first) & (columns["seq"] < first + _SIZES[kind])
    part = {name: column[inside] for name, column in columns.items()}
    none = {name: column[:0] for name, column in rows.items()}
    return RecordJob(*placed, part if kind == "records" else none, str(place), part if kind == "points" else {})


def _frames(kinds):
    reached = dict.fromkeys(_SIZES, 1)
    for place, kind in enumerate(kinds, start=1):
        yield place, kind, reached[kind]
        reached[kind] += _SIZES[kind]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(
    kinds=st.permutations(["records"] * 4 + ["points"] * 3),
    takes=st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=12),
)
def test_in_any_order_and_with_any_failures_each_row_is_stored_once(
    engine, new_run, new_segment, memory, spectra_memory, kinds, takes
):
    rows, of, frames = memory(40), spectra_memory(2), list(_frames(kinds))
    with writing(engine) as connection:
        run_id = new_run(connection, channel=str(next(_number)))
        placed = (run_id, new_segment(connection, run_id))
    writer, left = RecordWriter(), frames
    for count, fails in [*takes, *[(1, False)] * len(frames)]:
        jobs = [_job(placed, frame, rows, of) for frame in left[:count]]
        with contextlib.suppress(_LostError), writing(engine) as connection:
            assert writer.write(connection, jobs) == {}
            _lose(fails)
        if fails:
            writer.forget(jobs)
            queued_behind = [_job(placed, frame, rows, of) for frame in left[count : count + 1]]
            with writing(engine) as connection:
                refused = writer.write(connection, queued_behind)
            assert all(isinstance(refused[place], StoreUnavailable) for place in range(len(queued_behind)))
        else:
            left = left[count:]
    with reading(engine) as connection:
        (span,) = spectrum_spans(connection, run_id)
        found = read_points(connection, span, 1, span.last_seq)
        window = record_window(connection, run_id)
        assert get_segment(connection, placed[1]).cursor == str(len(frames))
    np.testing.assert_array_equal(found["z_imag_Ohm"], of["z_imag_Ohm"])
    np.testing.assert_array_equal(window["voltage_V"], rows["voltage_V"])


def test_the_caller_hears_what_to_read_again(engine, placed, memory, sliced, spectra_memory, mocker):
    of = spectra_memory(1)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(memory(60), 1, 50)).result()
        commit = engine.dialect.do_commit
        mocker.patch.object(engine.dialect, "do_commit", side_effect=sqlite3.OperationalError("disk I/O error"))
        none = sliced(memory(60), 1, 0).columns
        with pytest.raises(StoreUnavailable):
            recorder.record_all([(placed.run_id, placed.segment_id, Batch(none, "points", spectra=of))])[0].result()
        mocker.patch.object(engine.dialect, "do_commit", side_effect=commit)
        with pytest.raises(StoreUnavailable, match=r"earlier batch \(from point 1 of its spectra\) was not stored"):
            recorder.record(placed.run_id, placed.segment_id, sliced(memory(60), 51, 60)).result()
        recorder.record(placed.run_id, placed.segment_id, Batch(none, "points", spectra=of)).result()
        recorder.record(placed.run_id, placed.segment_id, sliced(memory(60), 51, 60)).result()
    with reading(engine) as connection:
        assert get_segment(connection, placed.segment_id).records == 60
