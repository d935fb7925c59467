"""While a backup is brought back nobody drives the lab's instruments, and nobody can begin to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import sqlalchemy as sa
from filelock import FileLock, Timeout

from orchestrator.backup.errors import RestoreRefused
from orchestrator.config import Lab
from orchestrator.engine.lease import lock_file, lock_key, lock_on_server

__all__ = ["nobody_drives"]

_REMEDY = "end the service first; tests on the instruments run on"


@contextmanager
def nobody_drives(lab: Lab, database: sa.Engine) -> Iterator[None]:
    """Hold the lock of every instrument. Raises RestoreRefused where a node has one, or the web process answers."""
    if (told := _web_answers(lab)) is not None:
        raise RestoreRefused(f"the service of {told} answers at {lab.web.url}; {_REMEDY}")
    with ExitStack() as stack:
        connection = stack.enter_context(database.connect()) if database.dialect.name == "postgresql" else None
        for place in lab.places:
            if connection is not None:
                free = lock_on_server(connection, lock_key(place.address))
            else:
                free = _lock(stack, lock_file(Path(database.url.database or "."), place.address))
            if not free:
                raise RestoreRefused(f"a node drives {place.name} ({place.address}); {_REMEDY}")
        try:
            yield
        finally:
            if connection is not None:
                connection.execute(sa.select(sa.func.pg_advisory_unlock_all()))


def _lock(stack: ExitStack, path: Path) -> bool:
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    stack.callback(lock.release)
    return True


def _web_answers(lab: Lab) -> str | None:
    """The lab of whoever answers at the lab's address, where it is this lab's service."""
    try:
        told = httpx.get(f"{lab.web.url}/api/v1/health", timeout=2.0, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return None
    return lab.name if isinstance(told, dict) and told.get("lab") == lab.name else None
