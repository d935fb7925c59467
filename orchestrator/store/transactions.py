"""Transactions for everybody but the Recorder: one that reads a consistent state, one that writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from orchestrator.store.database import READS
from orchestrator.store.errors import StoreUnavailable, database_failure

__all__ = ["reading", "unavailable", "writing"]


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read without delaying a writer. Raises StoreUnavailable where the database is."""
    with unavailable(engine), engine.connect() as fresh:
        yield fresh.execution_options(**{READS: True})


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Write, all or nothing, committed at the end of the block. Raises StoreUnavailable: then nothing was written."""
    with unavailable(engine), engine.begin() as connection:
        yield connection


@contextmanager
def unavailable(engine: Engine) -> Iterator[None]:
    """Turn a failure of the database into StoreUnavailable with one line; errors of a statement pass as they are."""
    where = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except DBAPIError as error:
        failure = database_failure(error)
        if failure is None:
            raise
        reason = (str(failure) or type(failure).__name__).splitlines()[0]
        raise StoreUnavailable(f"database {where}: {reason}; nothing was stored, it will be tried again") from error
    except PoolTimeout as error:
        raise StoreUnavailable(f"database {where}: no connection became free; it will be tried again") from error
