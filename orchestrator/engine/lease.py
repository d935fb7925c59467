"""One process drives an instrument: a lock per instrument address, with an epoch that every intent carries.

Beside SQLite the lock is a file lock, which the operating system drops when the process dies. On PostgreSQL it is an
advisory lock of a connection of its own, which the server drops when that connection ends. A process that is suspended
keeps either. One whose connection has ended takes the lock again before it acts again, or lets go of the instrument.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from filelock import FileLock, Timeout

from orchestrator.store.nodes import claim_instrument
from orchestrator.store.tables import nodes
from orchestrator.store.transactions import reading, unavailable, writing

__all__ = ["Lease", "LeaseHeld", "claimed", "lock_file", "lock_key", "lock_on_server", "require_epoch", "take_lease"]


T = TypeVar("T")

# The server tells a client that its connection ends, and only then drops what that connection held.
_ENDED_LETS_GO_S = 2.0
_AGAIN_S = 0.05


class LeaseHeld(Exception):
    """Another process drives this instrument."""


class _Lock(Protocol):
    def keep(self) -> None: ...

    def release(self) -> None: ...


class _AdvisoryLock:
    """``who`` says who has it, where it is not to be had."""

    def __init__(self, database: sa.Engine, address: str, who: Callable[[], str], *, patient: bool) -> None:
        self._database = database
        self._key = lock_key(address)
        self._who = who
        self._connection: sa.Connection | None = None
        self._take(patient=patient)

    def keep(self) -> None:
        """Take it again where the server has dropped it with its connection. Raises LeaseHeld, StoreUnavailable."""
        if self._connection is not None:
            try:
                self._connection.execute(sa.select(1))
            except sa.exc.DBAPIError:
                self.release()
            else:
                return
        with unavailable(self._database):
            self._take(patient=True)

    def _take(self, *, patient: bool) -> None:
        connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not lock_on_server(connection, self._key, patient=patient):
            connection.close()
            raise LeaseHeld(self._who())
        # The pool must neither reuse this connection nor keep it: with its end the lock is dropped.
        connection.detach()
        self._connection = connection

    def release(self) -> None:
        if self._connection is not None:
            if not self._connection.invalidated:
                with suppress(sa.exc.DBAPIError):  # a connection that is lost has none to give back
                    # Unlocked at once: the server notices that a connection was closed some time after it was.
                    self._connection.execute(sa.select(sa.func.pg_advisory_unlock(self._key)))
            self._connection.close()
            self._connection = None


class _HeldFile:
    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    def keep(self) -> None:
        return  # only the end of the process takes it away

    def release(self) -> None:
        self._lock.release()


class Lease:
    """The right to drive one instrument, until released or until the process dies."""

    def __init__(self, instrument: str, epoch: int, lock: _Lock) -> None:
        self.instrument = instrument
        self.epoch = epoch
        self._lock = lock

    def require(self, connection: sa.Connection) -> None:
        """Before acting: the lock is ours, and nobody else has had it meanwhile. Raises LeaseHeld, StoreUnavailable."""
        self.keep()
        require_epoch(connection, self.instrument, self.epoch)

    def keep(self) -> None:
        """Have the lock, again where it was lost with its connection. Raises LeaseHeld, StoreUnavailable."""
        self._lock.keep()

    def release(self) -> None:
        """Let the next process have it."""
        self._lock.release()


def take_lease(database: sa.Engine, instrument: str, address: str, now_unix_s: float, *, patient: bool = True) -> Lease:
    """Take the lease on an instrument. Raises LeaseHeld with who has it, StoreUnavailable; then nothing is held.

    ``patient``: wait where a connection that has just ended is about to let go of it.
    """
    if database.dialect.name == "postgresql":
        with unavailable(database):
            lock: _Lock = _AdvisoryLock(database, address, lambda: _who(database, instrument, address), patient=patient)
    else:
        lock = _lock_file(database, instrument, address)
    holder = f"process {os.getpid()} on {socket.gethostname()}"
    with ExitStack() as unless_claimed:
        unless_claimed.callback(lock.release)
        with writing(database) as connection:
            epoch = claim_instrument(connection, instrument, holder, now=now_unix_s)
        unless_claimed.pop_all()
    return Lease(instrument, epoch, lock)


def require_epoch(connection: sa.Connection, instrument: str, epoch: int) -> None:
    """Raises LeaseHeld when somebody has claimed the instrument since: the lock was lost with its connection."""
    query = sa.select(nodes.c.epoch, nodes.c.holder).where(nodes.c.instrument == instrument)
    _check_epoch(connection, query, instrument, epoch)


def _check_epoch(connection: sa.Connection, query: sa.Select[Any], instrument: str, epoch: int) -> None:
    row = connection.execute(query).one()
    if row.epoch != epoch:
        raise LeaseHeld(f"{instrument} is driven by {row.holder} now; this process lets go of it")


def claimed(instrument: str, epoch: int, change: Callable[[sa.Connection], T]) -> Callable[[sa.Connection], T]:
    """The same change, made only while nobody else has claimed the instrument; else LeaseHeld."""

    def checked(connection: sa.Connection) -> T:
        query = sa.select(nodes.c.epoch, nodes.c.holder).where(nodes.c.instrument == instrument)
        # locked until the commit: nobody claims it between this look and that
        _check_epoch(connection, query.with_for_update(read=True), instrument, epoch)
        return change(connection)

    return checked


def lock_file(database_file: Path, address: str) -> Path:
    """Beside the database, where two lab files that share it meet."""
    return database_file.absolute().parent / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', address)}.lock"


def lock_on_server(connection: sa.Connection, key: int, *, patient: bool = True) -> bool:
    """Take the advisory lock; ``patient``: also where a connection that has just ended is about to let go of it."""
    until = time.monotonic() + (_ENDED_LETS_GO_S if patient else 0.0)
    while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
        if time.monotonic() >= until:
            return False
        time.sleep(_AGAIN_S)
    return True


def lock_key(address: str) -> int:
    """Of the advisory lock on PostgreSQL."""
    return int.from_bytes(hashlib.sha256(address.encode()).digest()[:8], "big", signed=True)


def _lock_file(database: sa.Engine, instrument: str, address: str) -> _Lock:
    lock = FileLock(lock_file(Path(database.url.database or "."), address), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LeaseHeld(_who(database, instrument, address)) from None
    return _HeldFile(lock)


def _who(database: sa.Engine, instrument: str, address: str) -> str:
    with reading(database) as connection:
        holder = connection.scalar(sa.select(nodes.c.holder).where(nodes.c.instrument == instrument))
    return f"{instrument} ({address}) is driven by {holder or 'another process'}; stop that one first"
