"""Intents: written before an action that changes the world, settled after it; an open one is settled by looking."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from orchestrator.store.errors import StoreError
from orchestrator.store.tables import intents

__all__ = ["Intent", "open_intent", "open_intents", "settle"]


@dataclass(frozen=True, slots=True)
class Intent:
    """One action on an instrument. Open while ``outcome`` is None."""

    id: int
    run_id: int
    segment_id: int | None
    action: str
    epoch: int
    created_unix_s: float
    test_id_before: str | None
    outcome: str | None
    detail: str | None
    settled_unix_s: float | None


def open_intent(
    connection: Connection,
    *,
    run_id: int,
    action: str,
    epoch: int,
    now: float,
    segment_id: int | None = None,
    test_id_before: str | None = None,
    detail: str | None = None,
) -> int:
    """Write an intent and return its id; act only when this is committed. ``detail`` may be settled anew."""
    row = intents.insert().values(
        run_id=run_id,
        segment_id=segment_id,
        action=action,
        epoch=epoch,
        created_unix_s=now,
        test_id_before=test_id_before,
        detail=detail,
    )
    new_id: int = connection.execute(row.returning(intents.c.id)).scalar_one()
    return new_id


def settle(connection: Connection, intent_id: int, outcome: str, *, now: float, detail: str | None = None) -> None:
    """Write how it ended. Raises StoreError if it is settled already, or unknown."""
    change = update(intents).where(intents.c.id == intent_id, intents.c.outcome.is_(None))
    values = {"outcome": outcome, "settled_unix_s": now} | ({"detail": detail} if detail else {})
    if not connection.execute(change.values(**values)).rowcount:
        raise StoreError(f"intent {intent_id} is not open; it was settled by somebody else")


def open_intents(connection: Connection, run_id: int) -> list[Intent]:
    """Return the intents of a run without an outcome, oldest first."""
    query = select(intents).where(intents.c.run_id == run_id, intents.c.outcome.is_(None)).order_by(intents.c.id)
    return [Intent(*row) for row in connection.execute(query)]
