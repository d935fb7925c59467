"""The database's own clock: the one that all who share it agree on, whatever their clocks and the lab's say."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, Connection, Float, Select, literal_column, select

__all__ = ["database_unix_s", "now_column"]

_UNIX_S = {
    "sqlite": "(julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "extract(epoch FROM clock_timestamp())",
}


def database_unix_s(connection: Connection) -> float:
    """Return unix seconds, to about a millisecond."""
    return float(connection.execute(_now(connection.dialect.name)).scalar_one())


@cache
def now_column(dialect: str) -> ColumnElement[float]:
    """The same as a column ``now_unix_s``, for whoever asks for something else besides."""
    return literal_column(_UNIX_S[dialect], Float(53)).label("now_unix_s")


@cache
def _now(dialect: str) -> Select[float]:
    return select(now_column(dialect))
