"""The database's own clock: the one that all who share it agree on, whatever their clocks and the lab's say."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

__all__ = ["database_unix_s"]

_UNIX_S = {
    "sqlite": select(text("(julianday('now') - 2440587.5) * 86400.0")),
    "postgresql": select(text("extract(epoch FROM clock_timestamp())")),
}


def database_unix_s(connection: Connection) -> float:
    """Return unix seconds, to about a millisecond."""
    return float(connection.execute(_UNIX_S[connection.dialect.name]).scalar_one())
