"""What was last seen of each channel."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from orchestrator.store.tables import latest

__all__ = ["Observation", "last_observations"]


class Observation(NamedTuple):
    """A row of ``latest``. A tuple of its own: to ask one of SQLAlchemy's for a column takes many times as long."""

    instrument: str
    channel: str
    observed_unix_s: float
    state: str
    native_state: str
    tag: str | None
    test_id: str | None
    run_id: int | None
    cycle: int | None
    step: int | None
    voltage_V: float | None
    current_A: float | None
    temperature_degC: float | None


_LATEST = select(*latest.c[Observation._fields])


def last_observations(connection: Connection) -> dict[tuple[str, str], Observation]:
    """By instrument and channel."""
    return {row[:2]: row for row in map(Observation._make, connection.execute(_LATEST).all())}
