"""Events and alarms as the engine writes them."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store.tables import alarms, events

__all__ = ["append_event", "clear_alarms", "raise_alarm"]


def append_event(
    connection: sa.Connection,
    kind: str,
    message: str,
    now_unix_s: float,
    *,
    actor: str = "engine",
    run_id: int | None = None,
    instrument: str | None = None,
    channel: str | None = None,
) -> None:
    """Append one line to the event log."""
    connection.execute(
        events.insert().values(
            unix_time_s=now_unix_s,
            actor=actor,
            kind=kind,
            run_id=run_id,
            instrument=instrument,
            channel=channel,
            message=message,
            data={},
        )
    )


def raise_alarm(connection: sa.Connection, source: str, severity: str, message: str, now_unix_s: float) -> None:
    """Raise an alarm, unless the same one is open already."""
    same = sa.and_(alarms.c.source == source, alarms.c.message == message, alarms.c.cleared_unix_s.is_(None))
    if connection.scalar(sa.select(alarms.c.id).where(same).limit(1)) is None:
        values = {"raised_unix_s": now_unix_s, "severity": severity, "source": source, "message": message}
        connection.execute(alarms.insert().values(**values))


def clear_alarms(connection: sa.Connection, source: str, now_unix_s: float) -> None:
    """Say that what the open alarms of a source were about is over; acknowledging them stays a person's business."""
    still = sa.and_(alarms.c.source == source, alarms.c.cleared_unix_s.is_(None))
    connection.execute(alarms.update().where(still).values(cleared_unix_s=now_unix_s))
