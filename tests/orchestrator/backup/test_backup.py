"""Backups of a database that is being written to, and bringing them back: checked on both ways."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock

from orchestrator.backup.errors import BackupFailed, RestoreRefused
from orchestrator.backup.make import backups_in, make_backup
from orchestrator.backup.manifest import read_manifest
from orchestrator.backup.nightly import ScheduledBackup
from orchestrator.backup.restore import restore_backup
from orchestrator.backup.schedule import BackupSchedule
from orchestrator.clock import SystemClock
from orchestrator.config import Lab, read_lab
from orchestrator.engine.lease import lock_file
from orchestrator.engine.writer import Writer
from orchestrator.store.alarms import list_alarms
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event, list_events
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.recorder import Recorder
from orchestrator.store.runs import insert_run, list_runs
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from protocols.cell import Cell

LAB = """
lab: backed up
web: {port: 1}
instruments:
  bts-1: {driver: neware, address: 192.0.2.10:502, step_dir: steps, channel: {voltage: [-5 V, 5 V], current: 50 mA}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


@pytest.fixture
def lab(tmp_path: Path, database_url: str, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab with one cell and one run."""
    if engine.dialect.name == "postgresql":
        with reading(engine) as connection:  # the tools that belong to this very server
            tools = connection.scalar(sa.text("SELECT setting FROM pg_config() WHERE name = 'BINDIR'"))
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "lab.yaml").write_text(LAB, encoding="utf-8")
    with writing(engine) as connection:
        insert_cell(connection, Cell("L1"), now=1.0)
    launched(engine)
    return replace(read_lab(tmp_path / "lab.yaml"), database_url=database_url)


def launched(engine: sa.Engine) -> int:
    with writing(engine) as connection:
        return insert_run(
            connection,
            cell_id="L1",
            protocol_sha256=put_protocol(connection, name="p", source="p", now=1.0),
            protocol="p",
            instrument="bts-1",
            channel="27-21-1-1",
            plan={},
            actor="anna",
            now=2.0,
        )


def run_numbers(lab: Lab) -> list[int]:
    engine = open_database(lab.database_url)
    try:
        with reading(engine) as connection:
            return sorted(run.id for run in list_runs(connection))
    finally:
        engine.dispose()


@pytest.fixture
def writing_all_the_time(engine: sa.Engine) -> Iterator[Callable[[], range]]:
    """Somebody who writes without a pause; tells how much is surely written, and how much may be: one more."""
    ended, count = threading.Event(), [0]

    def write() -> None:
        with Recorder(engine) as recorder:
            while not ended.is_set():
                message = str(count[0])
                recorder.write(
                    lambda one, message=message: append_event(one, now=1.0, actor="a", kind="n", message=message)
                ).result()
                count[0] += 1

    thread = threading.Thread(target=write)
    thread.start()
    yield lambda: range(count[0], count[0] + 2)
    ended.set()
    thread.join()


def test_a_backup_while_others_write_is_one_consistent_state(
    lab: Lab, tmp_path: Path, writing_all_the_time: Callable[[], range]
) -> None:
    before = writing_all_the_time()[0]
    made = make_backup(lab, tmp_path / "copies")
    manifest = read_manifest(made)
    assert before <= manifest.rows["events"] - 1 <= writing_all_the_time()[-1]
    assert (manifest.rows["runs"], manifest.last_run, manifest.lab) == (1, 1, "backed up")
    assert (made / "lab.yaml").read_text(encoding="utf-8") == LAB
    if manifest.database == "sqlite":
        with closing(sqlite3.connect(made / "database.sqlite")) as copy:
            numbers = [int(row[0]) for row in copy.execute("SELECT message FROM events WHERE kind = 'n' ORDER BY id")]
        assert numbers == list(range(manifest.rows["events"] - 1))


def test_what_is_restored_is_what_was_copied_and_no_run_number_comes_again(
    lab: Lab, engine: sa.Engine, tmp_path: Path
) -> None:
    made = make_backup(lab, tmp_path / "copies")
    lost = [launched(engine) for _ in range(3)]
    engine.dispose()
    with pytest.raises(RestoreRefused, match="runs up to 4; --over replaces it"):
        restore_backup(made, lab)
    restored = restore_backup(made, lab, over=True)
    assert run_numbers(lab) == [1]
    assert restored.next_run == lost[-1] + 1
    assert launched(engine) == lost[-1] + 1
    assert launched(engine) == lost[-1] + 2
    with reading(engine) as connection:
        assert [event.kind for event in list_events(connection)][:2] == ["launch", "restore"]
    if restored.aside is not None:
        with closing(sqlite3.connect(restored.aside)) as before:
            assert before.execute("SELECT count(*) FROM runs").fetchone() == (4,)
    else:
        assert engine.dialect.name == "postgresql"


@pytest.fixture
def sqlite_lab(tmp_path: Path) -> Lab:
    """A lab on SQLite with one run, where nobody has the database open."""
    (tmp_path / "lab.yaml").write_text(LAB, encoding="utf-8")
    lab = read_lab(tmp_path / "lab.yaml")
    engine = open_database(lab.database_url)
    upgrade(engine)
    with writing(engine) as connection:
        insert_cell(connection, Cell("L1"), now=1.0)
    launched(engine)
    engine.dispose()
    return lab


@pytest.mark.parametrize("ruined", ["gone", "no database", "empty"])
def test_a_destroyed_database_is_replaced(sqlite_lab: Lab, tmp_path: Path, ruined: str) -> None:
    made = make_backup(sqlite_lab, tmp_path / "copies")
    file = tmp_path / "cellbench.db"
    for part in tmp_path.glob("cellbench.db-*"):
        part.unlink()
    if ruined == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if ruined == "empty" else b"not a database" * 1000)
    if ruined == "no database":
        with pytest.raises(RestoreRefused, match="cannot be read; --over moves it aside"):
            restore_backup(made, sqlite_lab)
    restored = restore_backup(made, sqlite_lab, over=ruined == "no database")
    assert run_numbers(sqlite_lab) == [1]
    assert restored.next_run == 1 + 1 + 1000


def test_a_backup_that_is_not_as_it_was_written_is_refused_and_nothing_changes(sqlite_lab: Lab, tmp_path: Path) -> None:
    made = make_backup(sqlite_lab, tmp_path / "copies")
    before = (tmp_path / "cellbench.db").read_bytes()
    content = bytearray((made / "database.sqlite").read_bytes())
    content[len(content) // 2] ^= 1
    (made / "database.sqlite").write_bytes(content)
    with pytest.raises(RestoreRefused, match=r"database\.sqlite is not as it was written"):
        restore_backup(made, sqlite_lab, over=True)
    assert (tmp_path / "cellbench.db").read_bytes() == before
    (made / "manifest.json").unlink()
    with pytest.raises(RestoreRefused, match=r"is no backup: there is no manifest\.json in it"):
        restore_backup(made, sqlite_lab, over=True)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("database", "postgresql", "is of postgresql, the lab file names sqlite"),
        ("schema_version", "9999", "newer than this code"),
        ("format", 2, "of another version"),
        ("rows", {"runs": 7}, "other numbers of rows than it says: runs"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused(
    sqlite_lab: Lab, tmp_path: Path, key: str, value: object, said: str
) -> None:
    made = make_backup(sqlite_lab, tmp_path / "copies")
    manifest: dict[str, Any] = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    (made / "manifest.json").write_text(json.dumps(manifest | {key: value}), encoding="utf-8")
    with pytest.raises(RestoreRefused, match=said):
        restore_backup(made, sqlite_lab, over=True)
    assert run_numbers(sqlite_lab) == [1]


def test_nothing_is_restored_under_a_node(sqlite_lab: Lab, tmp_path: Path) -> None:
    made = make_backup(sqlite_lab, tmp_path / "copies")
    with (
        FileLock(lock_file(tmp_path / "cellbench.db", "192.0.2.10:502")),
        pytest.raises(RestoreRefused, match="a node drives bts-1"),
    ):
        restore_backup(made, sqlite_lab, over=True)
    assert restore_backup(made, sqlite_lab, over=True).aside is not None


def test_the_oldest_are_deleted_once_a_newer_one_is_whole(sqlite_lab: Lab, tmp_path: Path) -> None:
    to = tmp_path / "copies"
    made = [make_backup(sqlite_lab, to, keep=2) for _ in range(4)]
    assert backups_in(to) == made[-2:]
    (to / ".partial-left-by-one-that-was-killed").mkdir()
    (tmp_path / "cellbench.db").write_bytes(b"ruined" * 1000)
    with pytest.raises(StoreError, match="file is not a database"):
        make_backup(sqlite_lab, to, keep=1)
    assert backups_in(to) == made[-2:]
    assert [path for path in to.iterdir() if path.name.startswith(".partial")] == []


def test_damage_in_the_database_is_found_by_its_backup(sqlite_lab: Lab, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "cellbench.db")) as connection:
        connection.execute("DELETE FROM cells")  # foreign keys are off here
        connection.commit()
    with pytest.raises(BackupFailed, match="1 rows refer to what is not there, first in runs"):
        make_backup(sqlite_lab, tmp_path / "copies")


def test_without_pg_dump_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestrator.backup.postgresql_dump import restore_dump

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match="pg_restore is not found; install PostgreSQL's client tools"):
        restore_dump("postgresql://h/d", tmp_path / "x")


def test_a_scheduled_backup_that_fails_is_an_alarm_until_one_succeeds(sqlite_lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    engine = open_database(sqlite_lab.database_url)

    def scheduled(recorder: Recorder, to: str) -> ScheduledBackup:
        schedule = BackupSchedule("0 3 * * *", tmp_path / to, 2)
        return ScheduledBackup(sqlite_lab, schedule, Writer(recorder), SystemClock())

    def alarms() -> list[str]:
        with reading(engine) as connection:
            return [alarm.message for alarm in list_alarms(connection)]

    with Recorder(engine) as recorder:
        asyncio.run(scheduled(recorder, "taken")())
        [told] = alarms()
        assert told.startswith("the backup failed: no backup in ")
        asyncio.run(scheduled(recorder, "copies")())
        assert alarms() == []
    assert len(backups_in(tmp_path / "copies")) == 1
    engine.dispose()
