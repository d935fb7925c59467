"""Seats: which bench a campaign has given to which cell. Of all campaigns, one at a time has a bench."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from orchestrator.store.campaign_tables import campaign_seats

__all__ = ["Seat", "release_pool_seat", "take_seat", "taken_seats"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A bench that one cell of one campaign has."""

    id: int
    campaign_id: int
    cell_id: str
    pool: str
    bench: str
    taken_unix_s: float
    released_unix_s: float | None


def taken_seats(connection: Connection) -> list[Seat]:
    """Seats of all campaigns that are not released, oldest first."""
    query = select(campaign_seats).where(campaign_seats.c.released_unix_s.is_(None)).order_by(campaign_seats.c.id)
    return [Seat(*row) for row in connection.execute(query)]


def take_seat(connection: Connection, campaign_id: int, cell_id: str, pool: str, bench: str, *, now: float) -> None:
    """Give a bench to a cell. Raises IntegrityError where it has been given away meanwhile."""
    row = {"campaign_id": campaign_id, "cell_id": cell_id, "pool": pool, "bench": bench, "taken_unix_s": now}
    connection.execute(campaign_seats.insert(), [row])


def release_pool_seat(connection: Connection, campaign_id: int, cell_id: str, pool: str, *, now: float) -> None:
    """Take back what a cell has in a pool."""
    seats = campaign_seats.c
    mine = (seats.campaign_id == campaign_id, seats.cell_id == cell_id, seats.pool == pool)
    change = update(campaign_seats).where(*mine, seats.released_unix_s.is_(None))
    connection.execute(change.values(released_unix_s=now))
