"""One process drives an instrument: a lock per instrument address, with an epoch that every intent carries.

Beside SQLite the lock is a file lock, which the operating system drops when the process dies. On PostgreSQL it is an
advisory lock of a connection of its own, which the server drops when that connection ends.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from filelock import FileLock, Timeout

from orchestrator.store.nodes import claim_instrument
from orchestrator.store.tables import nodes
from orchestrator.store.transactions import reading, writing

__all__ = ["Lease", "LeaseHeld", "require_epoch", "take_lease"]


class LeaseHeld(Exception):
    """Another process drives this instrument."""


class _Lock(Protocol):
    def release(self) -> None: ...


class _AdvisoryLock:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def release(self) -> None:
        self._connection.close()


class _HeldFile:
    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    def release(self) -> None:
        self._lock.release()


class Lease:
    """The right to drive one instrument, until released or until the process dies."""

    def __init__(self, instrument: str, epoch: int, lock: _Lock) -> None:
        self.instrument = instrument
        self.epoch = epoch
        self._lock = lock

    def release(self) -> None:
        """Let the next process have it."""
        self._lock.release()


def take_lease(database: sa.Engine, instrument: str, address: str, now_unix_s: float) -> Lease:
    """Take the lease on an instrument. Raises LeaseHeld with who has it."""
    if database.dialect.name == "postgresql":
        lock: _Lock = _lock_in_database(database, instrument, address)
    else:
        lock = _lock_file(database, instrument, address)
    holder = f"process {os.getpid()} on {socket.gethostname()}"
    with writing(database) as connection:
        epoch = claim_instrument(connection, instrument, holder, now=now_unix_s)
    return Lease(instrument, epoch, lock)


def require_epoch(connection: sa.Connection, instrument: str, epoch: int) -> None:
    """Raises LeaseHeld when somebody has claimed the instrument since: the lock was lost with its connection."""
    row = connection.execute(sa.select(nodes.c.epoch, nodes.c.holder).where(nodes.c.instrument == instrument)).one()
    if row.epoch != epoch:
        raise LeaseHeld(f"{instrument} is driven by {row.holder} now; this process lets go of it")


def _lock_file(database: sa.Engine, instrument: str, address: str) -> _Lock:
    """Beside the database, where two lab files that share it meet."""
    folder = Path(database.url.database or ".").absolute().parent
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', address)}.lock"
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LeaseHeld(_who(database, instrument, address)) from None
    return _HeldFile(lock)


def _lock_in_database(database: sa.Engine, instrument: str, address: str) -> _Lock:
    connection = database.connect().execution_options(isolation_level="AUTOCOMMIT")
    key = int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "big", signed=True)
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
        connection.close()
        raise LeaseHeld(_who(database, instrument, address))
    # The pool must neither reuse this connection nor keep it after release: closing it is what drops the lock.
    connection.detach()
    return _AdvisoryLock(connection)


def _who(database: sa.Engine, instrument: str, address: str) -> str:
    with reading(database) as connection:
        holder = connection.scalar(sa.select(nodes.c.holder).where(nodes.c.instrument == instrument))
    return f"{instrument} ({address}) is driven by {holder or 'another process'}; stop that one first"
