"""How the receivers of messages and the heartbeats are: what they took last, what they fail with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, select

from orchestrator.store.tables import outlets
from orchestrator.store.upsert import upsert

__all__ = ["FAILURES_MAX", "Outlet", "OutletKind", "get_outlet", "keep_outlets", "list_outlets", "outlet_tried"]

FAILURES_MAX = 4
"""From so many failures in a row on, a receiver counts as unreachable: with the pauses between, some 35 s."""

OutletKind = Literal["receiver", "heartbeat", "database"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One receiver or heartbeat. All times are real time."""

    name: str
    kind: OutletKind
    tried_wall_unix_s: float | None = None
    taken_wall_unix_s: float | None = None
    failures: int = 0
    """In a row."""
    failing_since_wall_unix_s: float | None = None
    last_error: str | None = None

    @property
    def unreachable(self) -> bool:
        """Whether it has failed often enough for others to be told instead."""
        return self.failures >= FAILURES_MAX


def list_outlets(connection: Connection, kind: OutletKind) -> list[Outlet]:
    """All of one kind, by name."""
    query = select(outlets).where(outlets.c.kind == kind).order_by(outlets.c.name)
    return [Outlet(*row) for row in connection.execute(query)]


def get_outlet(connection: Connection, name: str, kind: OutletKind) -> Outlet:
    """One of them; one that nobody has tried yet is well."""
    row = connection.execute(select(outlets).where(outlets.c.name == name)).one_or_none()
    return Outlet(*row) if row is not None else Outlet(name, kind)


def outlet_tried(connection: Connection, name: str, kind: OutletKind, wall_unix_s: float, error: str | None) -> Outlet:
    """Note an attempt: ``error`` is None where it was taken. Returns how the outlet is now."""
    before = get_outlet(connection, name, kind)
    if error is None:
        now = Outlet(name, kind, wall_unix_s, wall_unix_s)
    else:
        since = wall_unix_s if before.failing_since_wall_unix_s is None else before.failing_since_wall_unix_s
        now = Outlet(name, kind, wall_unix_s, before.taken_wall_unix_s, before.failures + 1, since, error)
    row = {column.name: getattr(now, column.name) for column in outlets.columns}
    upsert(connection, outlets, [row])
    return now


def keep_outlets(connection: Connection, kind: OutletKind, names: Collection[str]) -> None:
    """Make this kind's rows those of ``names``: new ones are well, the others are gone with what was wrong."""
    connection.execute(delete(outlets).where(outlets.c.kind == kind, outlets.c.name.not_in(names)))
    known = {outlet.name for outlet in list_outlets(connection, kind)}
    for name in names:
        if name not in known:
            connection.execute(outlets.insert().values(name=name, kind=kind, failures=0))
