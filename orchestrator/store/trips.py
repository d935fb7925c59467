"""Trips of interlocks: one row each, open until its cause is gone or, where it latches, until it is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select, update

from orchestrator.store.errors import StoreError
from orchestrator.store.tables import trips

__all__ = ["TripRow", "acknowledge_trip", "end_trips", "get_trip", "insert_trip", "latched_trips", "list_trips"]


@dataclass(frozen=True, slots=True)
class TripRow:
    """One trip."""

    id: int
    rule: str
    origin: str
    subject: str
    message: str
    severity: str
    action: str
    latches: bool
    instrument: str | None
    channel: str | None
    chamber: str | None
    cell_id: str | None
    run_id: int | None
    raised_unix_s: float
    over_unix_s: float | None
    acknowledged_by: str | None
    acknowledged_unix_s: float | None
    acknowledged_reason: str | None

    @property
    def latched(self) -> bool:
        """Whether it still holds: nothing starts where it is."""
        return self.latches and self.acknowledged_unix_s is None

    def __str__(self) -> str:
        """``trip 3 (cell A1: voltage 5.2 V, above 5 V)``."""
        return f"trip {self.id} ({self.subject}: {self.message})"


def insert_trip(
    connection: Connection,
    *,
    rule: str,
    origin: str,
    subject: str,
    message: str,
    severity: str,
    action: str,
    latches: bool,
    now: float,
    instrument: str | None = None,
    channel: str | None = None,
    chamber: str | None = None,
    cell_id: str | None = None,
    run_id: int | None = None,
) -> int:
    """Add a trip and return its id; the one of this rule and subject that is still open is returned instead."""
    present: int | None = connection.scalar(
        select(trips.c.id).where(trips.c.rule == rule, trips.c.subject == subject, _open())
    )
    if present is not None:
        return present
    row = trips.insert().values(
        rule=rule,
        origin=origin,
        subject=subject,
        message=message,
        severity=severity,
        action=action,
        latches=latches,
        instrument=instrument,
        channel=channel,
        chamber=chamber,
        cell_id=cell_id,
        run_id=run_id,
        raised_unix_s=now,
    )
    new_id: int = connection.execute(row.returning(trips.c.id)).scalar_one()
    return new_id


def end_trips(connection: Connection, *, rule: str, subject: str, now: float) -> list[int]:
    """The cause of a trip that does not latch is gone; returns which ones these were."""
    here = and_(trips.c.rule == rule, trips.c.subject == subject, trips.c.latches.is_(False))
    change = update(trips).where(here, trips.c.over_unix_s.is_(None)).values(over_unix_s=now).returning(trips.c.id)
    return list(connection.execute(change).scalars())


def acknowledge_trip(connection: Connection, trip_id: int, *, by: str, reason: str, now: float) -> bool:
    """Note who has looked and what was found. The first one stands: False where it had been acknowledged before."""
    done = connection.execute(
        update(trips)
        .where(trips.c.id == trip_id, trips.c.acknowledged_unix_s.is_(None))
        .values(acknowledged_by=by, acknowledged_unix_s=now, acknowledged_reason=reason)
    )
    return bool(done.rowcount)


def get_trip(connection: Connection, trip_id: int) -> TripRow:
    """Return one trip. Raises StoreError if there is none."""
    row = connection.execute(select(trips).where(trips.c.id == trip_id)).one_or_none()
    if row is None:
        raise StoreError(f"there is no trip {trip_id}; `cellbench interlocks` lists them")
    return TripRow(*row)


def latched_trips(connection: Connection) -> list[TripRow]:
    """Trips that hold, first cause first."""
    query = select(trips).where(trips.c.latches, trips.c.acknowledged_unix_s.is_(None)).order_by(trips.c.id)
    return [TripRow(*row) for row in connection.execute(query)]


def list_trips(connection: Connection, *, open_only: bool = True, limit: int = 200, offset: int = 0) -> list[TripRow]:
    """Trips, newest first; ``open_only``: those whose cause is not over, or that nobody has acknowledged."""
    query = select(trips).order_by(trips.c.id.desc()).limit(limit).offset(offset)
    if open_only:
        query = query.where(_open())
    return [TripRow(*row) for row in connection.execute(query)]


def _open() -> ColumnElement[bool]:
    return and_(trips.c.acknowledged_unix_s.is_(None), trips.c.over_unix_s.is_(None))
