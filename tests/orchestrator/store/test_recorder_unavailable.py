"""Disk full, database locked or gone: nothing half stored, the callers hear of it, and it goes on when it can."""

from __future__ import annotations

import sqlite3
import threading

import numpy as np
import psycopg
import pytest
from sqlalchemy import event, make_url

from drivers.contracts import RECORD_COLUMNS
from orchestrator.store import database
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.events import append_event, list_events
from orchestrator.store.recorder import Recorder
from orchestrator.store.segments import get_segment
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from orchestrator.store.windows import record_window


@pytest.fixture
def database_url(tmp_path):
    """These faults are caused inside SQLite's file; PostgreSQL's own are below."""
    return f"sqlite:///{tmp_path / 'lab.sqlite'}"


def assert_stored(engine, placed, columns):
    with reading(engine) as connection:
        window = record_window(connection, placed.run_id)
        segment = get_segment(connection, placed.segment_id)
    for name in RECORD_COLUMNS:
        np.testing.assert_array_equal(window[name], columns[name], err_msg=name)
    assert segment.records == len(columns["seq"])


def test_a_full_disk_stores_nothing_by_halves_and_goes_on_when_there_is_room(engine, placed, memory, sliced):
    pages = {"most": None}

    @event.listens_for(engine, "checkout")
    def _limit(connection, *_):
        if pages["most"] is not None:
            connection.execute(f"PRAGMA max_page_count = {pages['most']}")

    columns = memory(20_000)
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 100)).result()
        with reading(engine) as connection:
            pages["most"] = connection.exec_driver_sql("PRAGMA page_count").scalar() + 4
        full = recorder.record(placed.run_id, placed.segment_id, sliced(columns, 101, 20_000))
        with pytest.raises(StoreUnavailable, match="database or disk is full; nothing was stored"):
            full.result()
        assert_stored(engine, placed, {name: column[:100] for name, column in columns.items()})
        pages["most"] = 2**30
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 101, 20_000)).result()
    assert_stored(engine, placed, columns)


def test_batches_queued_behind_one_that_failed_leave_no_hole(engine, placed, memory, sliced, mocker):
    columns = memory(300)
    gate = threading.Event()
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 100)).result()
        mocker.patch("orchestrator.store.recorder._TRANSACTION_WEIGHT", 100)  # one batch a transaction
        commit = mocker.patch.object(engine.dialect, "do_commit", side_effect=_failing_once(engine.dialect.do_commit))
        held = threading.Event()
        recorder.write(lambda _: held.set() or gate.wait(60))
        assert held.wait(60)
        failed = recorder.record(placed.run_id, placed.segment_id, sliced(columns, 101, 200))
        behind = recorder.record(placed.run_id, placed.segment_id, sliced(columns, 201, 300))
        gate.set()
        with pytest.raises(StoreUnavailable, match="disk I/O error; nothing was stored"):
            failed.result()
        with pytest.raises(StoreUnavailable, match=r"earlier batch \(from record 101\) was not stored"):
            behind.result()
        assert commit.call_count >= 2
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 101, 300)).result()
    assert_stored(engine, placed, columns)


def _failing_once(commit):
    """An fsync that fails as sqlite3 tells it, the second time that anything is committed."""
    calls = iter(range(1000))

    def do_commit(connection):
        if next(calls) == 1:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise error
        commit(connection)

    return do_commit


def test_a_gap_that_the_instrument_made_passes_after_a_failure(engine, placed, memory, sliced, mocker):
    columns = memory(300)
    with_gap = {name: np.delete(column, np.s_[100:120]) for name, column in columns.items()}
    with Recorder(engine) as recorder:
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 1, 100)).result()
        calls = _failing_once(engine.dialect.do_commit)
        mocker.patch.object(engine.dialect, "do_commit", side_effect=calls)
        recorder.write(lambda _: None).result()
        with pytest.raises(StoreUnavailable):
            recorder.record(placed.run_id, placed.segment_id, sliced(columns, 121, 300)).result()
        recorder.record(placed.run_id, placed.segment_id, sliced(columns, 121, 300)).result()
    assert_stored(engine, placed, with_gap)


def test_a_locked_database_is_waited_for_then_reported_then_used(
    tmp_path, open_engine, monkeypatch, memory, sliced, new_run, new_segment
):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.1)
    engine = open_engine(f"sqlite:///{tmp_path / 'lab.sqlite'}")
    upgrade(engine)
    with writing(engine) as connection:
        run_id = new_run(connection)
        segment_id = new_segment(connection, run_id)
    columns = memory(100)
    lock = sqlite3.connect(tmp_path / "lab.sqlite", isolation_level=None)
    with Recorder(engine) as recorder:
        lock.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="database is locked"):
            recorder.record(run_id, segment_id, sliced(columns, 1, 100)).result()
        lock.execute("ROLLBACK")
        lock.close()
        recorder.record(run_id, segment_id, sliced(columns, 1, 100)).result()
    with reading(engine) as connection:
        assert get_segment(connection, segment_id).records == 100


@pytest.mark.postgres
def test_a_postgresql_connection_that_is_cut_is_replaced(
    postgres_server, open_engine, memory, sliced, new_run, new_segment
):
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE cut")
        engine = open_engine(make_url(postgres_server).set(database="cut").render_as_string(hide_password=False))
        upgrade(engine)
        with writing(engine) as connection:
            run_id = new_run(connection)
            segment_id = new_segment(connection, run_id)
        columns = memory(200)

        def cut(connection):
            append_event(connection, now=1.0, actor="engine", kind="cut", message="rolled back with its transaction")
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            admin.execute(f"SELECT pg_terminate_backend({own})")

        with Recorder(engine) as recorder:
            recorder.record(run_id, segment_id, sliced(columns, 1, 100)).result()
            gate, held = threading.Event(), threading.Event()
            recorder.write(lambda _: held.set() or gate.wait(60))
            assert held.wait(60)
            lost = recorder.write(cut)
            behind = recorder.record(run_id, segment_id, sliced(columns, 101, 200))
            gate.set()
            for future in (lost, behind):
                with pytest.raises(StoreUnavailable):
                    future.result()
            recorder.record(run_id, segment_id, sliced(columns, 101, 200)).result()
        with reading(engine) as connection:
            assert [event.kind for event in list_events(connection)] == ["launch"]
            np.testing.assert_array_equal(record_window(connection, run_id)["voltage_V"], columns["voltage_V"])
        engine.dispose()
        admin.execute("DROP DATABASE cut WITH (FORCE)")


@pytest.mark.postgres
def test_a_postgresql_table_that_is_locked_is_waited_for_then_reported_then_used(
    postgres_database, open_engine, monkeypatch, memory, sliced, new_run, new_segment
):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 1.0)
    engine = open_engine(postgres_database)
    upgrade(engine)
    with writing(engine) as connection:
        run_id = new_run(connection)
        segment_id = new_segment(connection, run_id)
    columns = memory(100)
    with Recorder(engine) as recorder:
        with psycopg.connect(postgres_database) as other:
            other.execute("LOCK TABLE records IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(StoreUnavailable, match="lock timeout"):
                recorder.record(run_id, segment_id, sliced(columns, 1, 100)).result()
        recorder.record(run_id, segment_id, sliced(columns, 1, 100)).result()
    assert_stored(engine, type("Placed", (), {"run_id": run_id, "segment_id": segment_id}), columns)
