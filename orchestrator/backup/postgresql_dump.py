"""PostgreSQL: ``pg_dump`` and ``pg_restore``, the server's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from orchestrator.backup.errors import BackupFailed
from orchestrator.store.database import open_database
from orchestrator.store.tables import metadata
from orchestrator.store.transactions import unavailable

__all__ = ["count_rows", "dump_database", "restore_dump"]

_LIMIT_S = 6 * 3600.0


def dump_database(url: str, target: Path, tables: Sequence[str]) -> dict[str, int]:
    """Dump what is committed now in the custom format; returns the rows of each table in it. Raises BackupFailed.

    The dump and the counts see one snapshot, which delays no writer.
    """
    engine = open_database(url, read_only=True)
    try:
        with unavailable(engine), engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
            rows = count_rows(connection, tables)
            _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
    finally:
        engine.dispose()
    _run("pg_restore", None, "--list", str(target))
    return rows


def restore_dump(url: str, source: Path) -> None:
    """Bring a dump back in one transaction, in place of the tables that are there. Raises BackupFailed."""
    options = ("--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", url, *options, str(source))


def count_rows(connection: sa.Connection, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each table has."""
    query = {table: sa.select(sa.func.count()).select_from(metadata.tables[table]) for table in tables}
    return {table: connection.scalar(count) or 0 for table, count in query.items()}


def _run(program: str, url: str | None, *arguments: str) -> None:
    """Run one of the tools; the password goes by way of the environment, where no list of processes shows it."""
    path = shutil.which(program)
    if path is None:
        raise BackupFailed(
            f"{program} is not found; install PostgreSQL's client tools of the server's version or later "
            "(Debian: apt install postgresql-client) and put them on the PATH of the service"
        )
    environment = dict(os.environ)
    if url is not None:
        parsed = sa.make_url(url)
        if parsed.password:
            environment["PGPASSWORD"] = str(parsed.password)
        bare = parsed._replace(drivername="postgresql", password=None)
        arguments = ("--dbname", bare.render_as_string(hide_password=False), *arguments)
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            [path, *arguments], env=environment, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BackupFailed(f"{program} was not done after {_LIMIT_S / 3600:g} h") from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = "; ".join(lines[:3]) or f"exit code {done.returncode}"
        raise BackupFailed(f"{program}: {said}")
