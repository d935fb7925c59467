"""Alarms: what a person must know, from when until when, and who has seen it.

A row whose ``told_unix_s`` is NULL is itself the order to tell: it is committed with whatever the alarm is about, and
:mod:`orchestrator.messages` derives from it, as often as it must, the same messages.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select, update

from orchestrator.store.errors import StoreError
from orchestrator.store.tables import alarms

__all__ = [
    "Alarm",
    "Severity",
    "acknowledge_alarm",
    "alarms_to_tell",
    "alarms_told",
    "clear_alarms",
    "count_unacknowledged",
    "get_alarm",
    "is_open",
    "list_alarms",
    "raise_alarm",
]

Severity = Literal["warning", "critical"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. Open until ``cleared_unix_s``."""

    id: int
    raised_unix_s: float
    severity: str
    source: str
    message: str
    cleared_unix_s: float | None
    acknowledged_by: str | None
    acknowledged_unix_s: float | None
    acknowledged_reason: str | None
    first_id: int | None = None
    """The alarm that this one is the return of: people are told of them as of one."""
    told_unix_s: float | None = None
    """When nothing more was to be told of it."""


def raise_alarm(
    connection: Connection,
    *,
    source: str,
    message: str,
    now: float,
    severity: Severity = "critical",
) -> int:
    """Raise an alarm and return its id; one with this source and message that is still open is returned instead.

    What was a warning may become critical. One that comes back before its end was told belongs to the earlier one.
    """
    same = (alarms.c.source == source, alarms.c.message == message)
    query = select(*alarms.c["id", "first_id", "severity", "cleared_unix_s", "told_unix_s"]).where(*same)
    before = connection.execute(query.order_by(alarms.c.id.desc()).limit(1)).one_or_none()
    if before is not None and before.cleared_unix_s is None:
        if severity == "critical" != before.severity:
            change = update(alarms).where(alarms.c.id == before.id)
            connection.execute(change.values(severity=severity, told_unix_s=None))
        return int(before.id)
    returns = before is not None and before.told_unix_s is None
    first_id = (before.first_id or before.id) if before is not None and returns else None
    new = alarms.insert().values(
        raised_unix_s=now, severity=severity, source=source, message=message, first_id=first_id
    )
    return int(connection.execute(new.returning(alarms.c.id)).scalar_one())


def clear_alarms(connection: Connection, *, source: str, now: float, message: str | None = None) -> int:
    """Close the open alarms of a source, or the one with ``message``; return how many."""
    change = update(alarms).where(alarms.c.source == source, alarms.c.cleared_unix_s.is_(None))
    if message is not None:
        change = change.where(alarms.c.message == message)
    return connection.execute(change.values(cleared_unix_s=now)).rowcount


def acknowledge_alarm(connection: Connection, alarm_id: int, *, by: str, reason: str, now: float) -> None:
    """Note who has seen it and why it is all right; the first one stands. Raises StoreError if it is unknown."""
    done = connection.execute(
        update(alarms)
        .where(alarms.c.id == alarm_id, alarms.c.acknowledged_by.is_(None))
        .values(acknowledged_by=by, acknowledged_unix_s=now, acknowledged_reason=reason)
    )
    if not done.rowcount and connection.scalar(select(alarms.c.id).where(alarms.c.id == alarm_id)) is None:
        raise StoreError(f"alarm {alarm_id} does not exist; `cellbench alarms` lists them")


def get_alarm(connection: Connection, alarm_id: int) -> Alarm:
    """One alarm. Raises StoreError if it is unknown."""
    row = connection.execute(select(alarms).where(alarms.c.id == alarm_id)).one_or_none()
    if row is None:
        raise StoreError(f"alarm {alarm_id} does not exist; `cellbench alarms` lists them")
    return Alarm(*row)


def list_alarms(connection: Connection, *, open_only: bool = True, limit: int = 200, offset: int = 0) -> list[Alarm]:
    """Alarms, newest first."""
    query = select(alarms).order_by(alarms.c.id.desc()).limit(limit).offset(offset)
    if open_only:
        query = query.where(alarms.c.cleared_unix_s.is_(None))
    return [Alarm(*row) for row in connection.execute(query)]


def is_open(connection: Connection, source: str) -> bool:
    """Whether any alarm of this source is not over."""
    query = select(alarms.c.id).where(alarms.c.source == source, alarms.c.cleared_unix_s.is_(None)).limit(1)
    return connection.scalar(query) is not None


def count_unacknowledged(connection: Connection) -> dict[str, int]:
    """How many alarms of each severity are open and have been seen by nobody."""
    query = select(alarms.c.severity, func.count()).where(
        alarms.c.cleared_unix_s.is_(None), alarms.c.acknowledged_by.is_(None)
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(alarms.c.severity))}


def alarms_to_tell(connection: Connection) -> list[Alarm]:
    """Alarms of which messages may still come, in order."""
    query = select(alarms).where(alarms.c.told_unix_s.is_(None)).order_by(alarms.c.id)
    return [Alarm(*row) for row in connection.execute(query)]


def alarms_told(connection: Connection, first_id: int, ids: Collection[int], now: float) -> None:
    """Nothing more is to be told of an alarm and its returns ``ids``, unless it has come back once more since."""
    returns = select(alarms.c.id).where(alarms.c.first_id == first_id, alarms.c.id.not_in(ids)).limit(1)
    if connection.scalar(returns) is None:
        connection.execute(update(alarms).where(alarms.c.id.in_(ids)).values(told_unix_s=now))
