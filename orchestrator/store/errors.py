"""What the store raises; each message is one line with its remedy. How a caller reacts depends on the class alone."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

__all__ = ["SchemaMismatch", "StoreError", "StoreUnavailable", "database_failure", "is_unavailable"]


class StoreError(Exception):
    """The store refuses: what was asked is wrong and stays wrong when tried again."""


class StoreUnavailable(StoreError):
    """Disk full, database locked or absent: nothing of the transaction is stored. Try again."""


class SchemaMismatch(StoreError):
    """The tables are not those that this code knows."""


_SQLITE_UNAVAILABLE = frozenset(
    {"BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "NOMEM", "PROTOCOL", "INTERRUPT", "CORRUPT", "NOTADB"}
)
"""Primary result codes (https://www.sqlite.org/rescode.html) that say nothing against the statement itself."""

_POSTGRES_UNAVAILABLE = frozenset({"08", "25", "40", "53", "55", "57", "58", "XX"})
"""Classes of SQLSTATE (PostgreSQL manual, appendix A): connection, read-only, serialisation and deadlock, resources,
locks, operator intervention, system, internal."""


def is_unavailable(error: BaseException) -> bool:
    """Whether the database failed rather than the statement: then the whole transaction is lost, and worth a retry."""
    return database_failure(error) is not None


def database_failure(error: BaseException) -> BaseException | None:
    """Return the driver's own error that says so, None if the statement is to blame.

    Errors that came before count too: SQLite may end a transaction by itself when the disk is full, and the savepoint
    that is then missing would hide the reason.
    """
    failure: BaseException | None = None
    link: BaseException | None = error
    while link is not None:
        original = link.orig if isinstance(link, DBAPIError) else link
        if _database_failed(original) or (isinstance(link, DBAPIError) and link.connection_invalidated):
            failure = original
        link = link.__context__
    return failure


def _database_failed(original: BaseException | None) -> bool:
    sqlite_name: str | None = getattr(original, "sqlite_errorname", None)  # SQLITE_IOERR_FSYNC
    if sqlite_name is not None:
        return sqlite_name.split("_")[1] in _SQLITE_UNAVAILABLE
    sqlstate: str | None = getattr(original, "sqlstate", None)
    if sqlstate is not None:
        return sqlstate[:2] in _POSTGRES_UNAVAILABLE
    # Without a code the driver speaks of its connection: "the connection is closed", "connection refused".
    return type(original).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")
