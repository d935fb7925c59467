"""Backups that were brought back: the numbers of runs that were launched after the backup are not given again.

The instruments know runs by their numbers. A test of a run that the backup does not know must
never pass for a new one's.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select, text

from orchestrator.store.storage_tables import restores
from orchestrator.store.table_metadata import metadata

__all__ = ["next_run_id", "note_restore"]


def note_restore(connection: Connection, *, made_unix_s: float, next_run: int, wall_unix_s: float) -> None:
    """Note that a backup was brought back, and from which number on runs are counted."""
    connection.execute(
        restores.insert().values(restored_unix_s=wall_unix_s, made_unix_s=made_unix_s, next_run_id=next_run)
    )
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('runs', 'id'), :last)"), {"last": next_run - 1})


def next_run_id(connection: Connection) -> int | None:
    """Number of the next run; None: the database counts by itself."""
    if connection.dialect.name == "postgresql":
        return None
    floor = connection.scalar(select(func.max(restores.c.next_run_id)))
    if floor is None:
        return None
    runs = metadata.tables["runs"]
    return max(int(floor), (connection.scalar(select(func.max(runs.c.id))) or 0) + 1)
