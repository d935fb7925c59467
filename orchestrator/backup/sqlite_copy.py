"""SQLite's online backup: one consistent state, while others write."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from orchestrator.backup.errors import BackupFailed

__all__ = ["copy_database", "count_rows", "require_sound"]


def copy_database(source: Path, target: Path, tables: Sequence[str]) -> dict[str, int]:
    """Copy what is committed now, and return how many rows each table has in it. Raises BackupFailed.

    Both happen in one read transaction, which delays no writer (WAL); the copy is made in one step, so nothing written
    meanwhile begins it anew. https://www.sqlite.org/c3ref/backup_finish.html
    """
    try:
        with closing(sqlite3.connect(source.as_uri() + "?mode=rw", uri=True, isolation_level=None)) as one:
            one.execute("BEGIN")
            rows = count_rows(one, tables)
            with closing(sqlite3.connect(target)) as other:
                one.backup(other, pages=-1)
                # A copy is one file: it must not need the -wal and -shm that a database in use has.
                other.execute("PRAGMA journal_mode=DELETE")
        with closing(sqlite3.connect(target)) as copy:
            require_sound(copy)
            if (copied := count_rows(copy, tables)) != rows:
                raise BackupFailed(
                    f"the copy of {source} has other numbers of rows than the database: {copied}, {rows}"
                )
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} cannot be copied to {target.parent}: {error}") from error
    return rows


def count_rows(connection: sqlite3.Connection, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each table has."""
    quoted = {table: '"' + table.replace('"', '""') + '"' for table in tables}
    return {table: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for table, name in quoted.items()}  # noqa: S608


def require_sound(connection: sqlite3.Connection) -> None:
    """Raises BackupFailed where pages, indices or references are not as they must be."""
    told = connection.execute("PRAGMA integrity_check(3)").fetchall()
    if told != [("ok",)]:
        raise BackupFailed(f"the copy is damaged, so the database is: {told[0][0]}; run `cellbench doctor`")
    if stray := connection.execute("PRAGMA foreign_key_check").fetchall():
        raise BackupFailed(
            f"{len(stray)} rows refer to what is not there, first in {stray[0][0]}; run `cellbench doctor`"
        )
