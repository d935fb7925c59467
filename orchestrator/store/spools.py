"""How far a spool has been replayed."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from orchestrator.store.storage_tables import spools
from orchestrator.store.upsert import upsert

__all__ = ["replayed_entries", "spool_replayed"]

_KEPT_S = 90 * 86_400.0


def replayed_entries(connection: Connection, identity: str) -> int:
    """Return how many of its first entries are stored."""
    return connection.scalar(select(spools.c.entries).where(spools.c.identity == identity)) or 0


def spool_replayed(connection: Connection, identity: str, entries: int, *, wall_unix_s: float) -> None:
    """Note that so many are, in the transaction that stores them. What is told of old spools is forgotten."""
    upsert(connection, spools, [{"identity": identity, "entries": entries, "replayed_unix_s": wall_unix_s}])
    connection.execute(delete(spools).where(spools.c.replayed_unix_s < wall_unix_s - _KEPT_S))
