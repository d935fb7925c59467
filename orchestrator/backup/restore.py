"""Bringing a backup back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from orchestrator.backup.errors import BackupFailed, RestoreRefused
from orchestrator.backup.manifest import Manifest, read_manifest
from orchestrator.backup.nobody_drives import nobody_drives
from orchestrator.backup.postgresql_dump import count_rows, restore_dump
from orchestrator.backup.sqlite_copy import count_rows as count_sqlite_rows
from orchestrator.backup.sqlite_copy import require_sound
from orchestrator.config import Lab
from orchestrator.disk.folders import database_file
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event
from orchestrator.store.restores import note_restore
from orchestrator.store.transactions import writing
from orchestrator.store.upgrade import is_known, upgrade

__all__ = ["Restored", "restore_backup"]

_UNKNOWN_RUNS = 1000
"""Numbers left out where nobody can say how many runs were launched after the backup."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back. ``aside``: where the database is now that was there before."""

    manifest: Manifest
    next_run: int
    aside: Path | None


def restore_backup(backup: Path, lab: Lab, *, over: bool = False) -> Restored:
    """Put a backup in the place of the lab's database, brought to this version's tables. Raises RestoreRefused.

    ``over``: also where that has runs or cells; SQLite's file is moved aside, PostgreSQL's tables are replaced. The lab
    file and the spool of the node are left as they are.
    """
    manifest = read_manifest(backup)
    file = database_file(lab)
    kind = "postgresql" if file is None else "sqlite"
    if manifest.database != kind:
        raise RestoreRefused(f"{backup} is of {manifest.database}, the lab file names {kind}; correct `database`")
    if not is_known(manifest.schema_version):
        raise RestoreRefused(f"{backup}: its tables are newer than this code; install cellbench {manifest.cellbench}")
    engine = open_database(lab.database_url)
    try:
        with nobody_drives(lab, engine):
            last_run = _present(file, engine, over=over)
            aside = _replace(backup, manifest, file, lab)
            next_run = 1 + (manifest.last_run + _UNKNOWN_RUNS if last_run is None else max(last_run, manifest.last_run))
            _finish(lab, manifest, next_run)
    except BackupFailed as error:
        raise RestoreRefused(str(error)) from error
    finally:
        engine.dispose()
    return Restored(manifest, next_run, aside)


def _present(file: Path | None, engine: sa.Engine, *, over: bool) -> int | None:
    """The last run of the database that is there; None: it cannot be told. Raises RestoreRefused where it is in use."""
    if file is not None and not file.exists():
        return None
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("runs"):
                return None
            last = connection.scalar(sa.text("SELECT max(id) FROM runs"))
            cells = connection.scalar(sa.text("SELECT count(*) FROM cells"))
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        if file is None:
            raise RestoreRefused(f"the database does not answer: {error}") from error
        if not over and file.stat().st_size:
            raise RestoreRefused(f"{file} is there and cannot be read; --over moves it aside") from error
        return None
    finally:
        if file is not None:
            engine.dispose()  # nobody has the file open when it is moved aside
    if (last or cells) and not over:
        raise RestoreRefused(f"the database has {cells} cells and runs up to {last or 0}; --over replaces it")
    return int(last) if last else None


def _replace(backup: Path, manifest: Manifest, file: Path | None, lab: Lab) -> Path | None:
    """Put the copy in place; returns where the earlier file is."""
    if file is None:
        restore_dump(lab.database_url, backup / "database.dump")
        engine = open_database(lab.database_url, read_only=True)
        try:
            with engine.connect() as connection:
                _require_rows(manifest, count_rows(connection, list(manifest.rows)))
        finally:
            engine.dispose()
        return None
    fresh = file.with_name(f".{file.name}.restored")
    shutil.copyfile(backup / "database.sqlite", fresh)
    with closing(sqlite3.connect(fresh)) as connection:
        require_sound(connection)
        _require_rows(manifest, count_sqlite_rows(connection, list(manifest.rows)))
    with fresh.open("rb+") as written:
        os.fsync(written.fileno())
    aside = _move_aside(file)
    fresh.rename(file)
    return aside


def _move_aside(file: Path) -> Path | None:
    """The file with what belongs to it: a log of the old database must never meet the new one."""
    aside = file.with_name(datetime.now(UTC).strftime(f"{file.name}.before-restore-%Y%m%dT%H%M%SZ"))
    for suffix in ("", "-wal", "-shm", "-journal"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside if aside.exists() else None


def _require_rows(manifest: Manifest, rows: dict[str, int]) -> None:
    different = [table for table, count in manifest.rows.items() if rows[table] != count]
    if different:
        raise RestoreRefused(f"the backup has other numbers of rows than it says: {', '.join(different)}; take another")


def _finish(lab: Lab, manifest: Manifest, next_run: int) -> None:
    engine = open_database(lab.database_url)
    made = datetime.fromtimestamp(manifest.made_unix_s, UTC)
    try:
        upgrade(engine)
        with writing(engine) as connection:
            note_restore(connection, made_unix_s=manifest.made_unix_s, next_run=next_run, wall_unix_s=time.time())
            message = f"the backup of {made:%Y-%m-%d %H:%M:%S} UTC was brought back; the next run is {next_run}"
            append_event(connection, now=manifest.made_unix_s, actor="restore", kind="restore", message=message)
    except StoreError as error:
        raise RestoreRefused(str(error)) from error
    finally:
        engine.dispose()
