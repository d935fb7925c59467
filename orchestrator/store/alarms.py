"""Alarms: what a person must know, from when until when, and who has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select, update

from orchestrator.store.errors import StoreError
from orchestrator.store.tables import alarms

__all__ = ["Alarm", "acknowledge_alarm", "clear_alarms", "list_alarms", "raise_alarm"]


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


def raise_alarm(
    connection: Connection,
    *,
    source: str,
    message: str,
    now: float,
    severity: Literal["warning", "critical"] = "critical",
) -> int:
    """Raise an alarm and return its id; one with this source and message that is still open is returned instead."""
    present: int | None = connection.scalar(
        select(alarms.c.id).where(
            alarms.c.source == source, alarms.c.message == message, alarms.c.cleared_unix_s.is_(None)
        )
    )
    if present is not None:
        return present
    new_id: int = connection.execute(
        alarms.insert()
        .values(raised_unix_s=now, severity=severity, source=source, message=message)
        .returning(alarms.c.id)
    ).scalar_one()
    return new_id


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


def list_alarms(connection: Connection, *, open_only: bool = True, limit: int = 200) -> list[Alarm]:
    """Alarms, newest first."""
    query = select(alarms).order_by(alarms.c.id.desc()).limit(limit)
    if open_only:
        query = query.where(alarms.c.cleared_unix_s.is_(None))
    return [Alarm(*row) for row in connection.execute(query)]
