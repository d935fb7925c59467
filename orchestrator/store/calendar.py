"""The calendar: what is to begin at a stated time, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select, update

from orchestrator.store.campaign_tables import calendar

__all__ = ["Due", "Outcome", "entries_of", "schedule", "settle_due", "void_entries"]

Outcome = Literal["begun", "missed", "void"]


@dataclass(frozen=True, slots=True)
class Due:
    """One entry. Step and cell are empty where the campaign itself is to begin."""

    id: int
    campaign_id: int
    occurrence: int
    step: str
    cell_id: str
    due_unix_s: float
    outcome: Outcome | None
    settled_unix_s: float | None


def entries_of(connection: Connection, campaign_id: int) -> list[Due]:
    """Every entry of a campaign, those that are settled too, by time."""
    query = select(calendar).where(calendar.c.campaign_id == campaign_id)
    return [Due(*row) for row in connection.execute(query.order_by(calendar.c.due_unix_s, calendar.c.id))]


def schedule(
    connection: Connection, campaign_id: int, occurrence: int, step: str, cell_id: str, due_unix_s: float
) -> None:
    """Enter what is to begin then. Raises IntegrityError where the very same is entered already."""
    row = {"campaign_id": campaign_id, "occurrence": occurrence, "step": step, "cell_id": cell_id}
    connection.execute(calendar.insert(), [{**row, "due_unix_s": due_unix_s}])


def settle_due(connection: Connection, entry_id: int, outcome: Outcome, *, now: float) -> bool:
    """Note what came of an entry; False where that is noted already."""
    change = update(calendar).where(calendar.c.id == entry_id, calendar.c.outcome.is_(None))
    return bool(connection.execute(change.values(outcome=outcome, settled_unix_s=now)).rowcount)


def void_entries(connection: Connection, campaign_id: int, *, now: float) -> None:
    """Nothing of a campaign is to come any more."""
    change = update(calendar).where(calendar.c.campaign_id == campaign_id, calendar.c.outcome.is_(None))
    connection.execute(change.values(outcome="void", settled_unix_s=now))
