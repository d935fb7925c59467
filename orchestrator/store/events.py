"""The event log: who did what when. Append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from orchestrator.store.event_kinds import GAP_EVENT
from orchestrator.store.tables import events

__all__ = ["GAP_EVENT", "Event", "append_event", "list_events"]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    id: int
    unix_time_s: float
    actor: str
    kind: str
    run_id: int | None
    instrument: str | None
    channel: str | None
    message: str
    data: dict[str, Any]


def append_event(
    connection: Connection,
    *,
    now: float,
    actor: str,
    kind: str,
    message: str,
    run_id: int | None = None,
    instrument: str | None = None,
    channel: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one line; ``actor`` is the engine, an operator's name or an instrument."""
    connection.execute(
        events.insert().values(
            unix_time_s=now,
            actor=actor,
            kind=kind,
            run_id=run_id,
            instrument=instrument,
            channel=channel,
            message=message,
            data=dict(data or {}),
        )
    )


def list_events(
    connection: Connection,
    *,
    run_id: int | None = None,
    campaign_id: int | None = None,
    after_id: int = 0,
    limit: int = 100,
    newest: bool = False,
) -> list[Event]:
    """Events in order, of one run, of one campaign or of all, behind ``after_id``; ``newest``: the last of them."""
    query = select(events).where(events.c.id > after_id).limit(limit)
    if run_id is not None:
        query = query.where(events.c.run_id == run_id)
    if campaign_id is not None:
        query = query.where(events.c.data["campaign"].as_integer() == campaign_id)
    rows = connection.execute(query.order_by(events.c.id.desc() if newest else events.c.id)).all()
    found = [Event(*row) for row in rows]
    return found[::-1] if newest else found
