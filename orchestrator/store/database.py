"""Opening a database: SQLite for one PC, PostgreSQL for a lab; the same tables, the same guarantees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from orchestrator.store.errors import StoreError

__all__ = ["BUSY_TIMEOUT_S", "READS", "open_database"]

BUSY_TIMEOUT_S = 5.0
"""How long a statement waits for a lock before it gives up with StoreUnavailable."""

READS = "cellbench_reads"
"""Execution option of a connection that only reads: it does not take SQLite's write lock."""


def open_database(url: str, *, read_only: bool = False) -> Engine:
    """Return an engine for ``sqlite:///FILE`` or ``postgresql://HOST/NAME``; nothing is created but the SQLite file.

    A transaction takes SQLite's write lock when it begins, so that it never fails half-way with "database is locked";
    connections with the execution option READS, and all of a ``read_only`` engine, do not. Whoever opens it calls
    ``dispose()`` at the end. Raises StoreError.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError:
        raise StoreError(f"database: {url!r} is not a URL; write sqlite:///FILE or postgresql://HOST/NAME") from None
    if backend == "sqlite":
        return _open_sqlite(parsed, read_only=read_only)
    if backend == "postgresql":
        return _open_postgresql(parsed, read_only=read_only)
    raise StoreError(f"database: {backend} is not supported; write sqlite:///FILE or postgresql://HOST/NAME")


def _open_sqlite(url: URL, *, read_only: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("database: SQLite in memory keeps nothing; write sqlite:///FILE")
    folder = Path(url.database).absolute().parent
    if not folder.is_dir():
        raise StoreError(
            f"database: the folder {folder} does not exist; create it or change `database` in the lab file"
        )
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        # isolation_level None: Python's sqlite3 begins no transaction of its own accord, _begin below does.
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        pool_size=8,
        max_overflow=24,
    )

    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def _begin(connection: Connection) -> None:
        reads = read_only or connection.get_execution_options().get(READS, False)
        connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgresql(url: URL, *, read_only: bool) -> Engine:
    # A side that vanished without a word is noticed by the other within about half a minute, asked or not; a server
    # left to itself would keep the lease of a computer without power for two hours.
    noticed = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    unanswered_ms = 25_000
    settings = [f"lock_timeout={int(BUSY_TIMEOUT_S * 1000)}", "timezone=UTC"]
    settings += [f"tcp_{name}={value}" for name, value in noticed.items()]
    settings.append(f"tcp_user_timeout={unanswered_ms}")
    if read_only:
        settings.append("default_transaction_read_only=on")
    arguments: dict[str, Any] = {
        "connect_timeout": int(BUSY_TIMEOUT_S),
        "application_name": "cellbench",
        "options": " ".join(f"-c {setting}" for setting in settings),
        **noticed,
        "tcp_user_timeout": unanswered_ms,
    }
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args=arguments,
            pool_size=8,
            max_overflow=24,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        raise StoreError(f"database: {error.name} is missing; pip install 'cellbench[postgres]'") from None
