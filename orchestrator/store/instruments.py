"""Instruments and channels as configured and as seen, and the last observation of each channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from orchestrator.store.tables import channels, instruments, latest
from orchestrator.store.upsert import upsert

__all__ = [
    "Channel",
    "Instrument",
    "Latest",
    "list_channels",
    "list_instruments",
    "list_latest",
    "set_connection",
    "upsert_channels",
    "upsert_instruments",
    "upsert_latest",
]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument and how talking to it goes."""

    name: str
    driver: str
    address: str
    identity: str | None = None
    connected: bool = False
    last_seen_unix_s: float | None = None
    last_error: str | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of an instrument."""

    instrument: str
    channel: str
    bench: str | None
    chamber: str | None
    capabilities: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Latest:
    """The last observation of a channel, whoever runs there."""

    instrument: str
    channel: str
    observed_unix_s: float
    state: str
    native_state: str
    tag: str | None = None
    test_id: str | None = None
    run_id: int | None = None
    cycle: int | None = None
    step: int | None = None
    voltage_V: float | None = None
    current_A: float | None = None
    temperature_degC: float | None = None


def upsert_instruments(connection: Connection, rows: Sequence[Instrument]) -> None:
    """Bring the configured part up to date; what was seen of an instrument that is known stays."""
    seen = ("identity", "connected", "last_seen_unix_s", "last_error")
    upsert(connection, instruments, [asdict(row) for row in rows], keep=seen)


def set_connection(
    connection: Connection,
    name: str,
    *,
    connected: bool,
    now: float | None = None,
    identity: str | None = None,
    last_error: str | None = None,
) -> None:
    """Note how talking to an instrument went; ``now`` and ``identity`` only where it answered."""
    values: dict[str, Any] = {"connected": connected, "last_error": last_error}
    values |= {} if now is None else {"last_seen_unix_s": now}
    values |= {} if identity is None else {"identity": identity}
    connection.execute(update(instruments).where(instruments.c.name == name).values(**values))


def upsert_channels(connection: Connection, rows: Sequence[Channel]) -> None:
    """Bring channels up to date; their instrument must be there."""
    upsert(connection, channels, [asdict(row) for row in rows])


def upsert_latest(connection: Connection, rows: Sequence[Latest]) -> None:
    """Write the observations of one poll."""
    upsert(connection, latest, [asdict(row) for row in rows])


def list_instruments(connection: Connection) -> list[Instrument]:
    """All instruments by name."""
    return [Instrument(*row) for row in connection.execute(select(instruments).order_by(instruments.c.name))]


def list_channels(connection: Connection) -> list[Channel]:
    """All channels by instrument and channel."""
    order = (channels.c.instrument, channels.c.channel)
    return [Channel(*row) for row in connection.execute(select(channels).order_by(*order))]


def list_latest(connection: Connection) -> list[Latest]:
    """Return the last observation of every channel, by instrument and channel."""
    order = (latest.c.instrument, latest.c.channel)
    return [Latest(*row) for row in connection.execute(select(latest).order_by(*order))]
