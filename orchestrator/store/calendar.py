"""The calendar: what is to begin at a stated time, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, select, update

from orchestrator.store.campaign_tables import calendar

__all__ = ["Due", "last_due", "open_entries", "schedule", "settle_due", "void_entries"]

Outcome = Literal["begun", "missed", "void"]


@dataclass(frozen=True, slots=True)
class Due:
    """One entry. Step and cell are empty where the campaign itself is to begin."""

    id: int
    campaign_id: int
    step: str
    cell_id: str
    due_unix_s: float
    outcome: Outcome | None
    settled_unix_s: float | None


def open_entries(connection: Connection, campaign_id: int) -> list[Due]:
    """What of a campaign is to come."""
    query = select(calendar).where(calendar.c.campaign_id == campaign_id, calendar.c.outcome.is_(None))
    return [Due(*row) for row in connection.execute(query.order_by(calendar.c.due_unix_s))]


def last_due(connection: Connection, campaign_id: int) -> dict[tuple[str, str], float]:
    """The latest time that was ever entered, by step and cell."""
    query = select(calendar.c.step, calendar.c.cell_id, func.max(calendar.c.due_unix_s)).where(
        calendar.c.campaign_id == campaign_id
    )
    rows = connection.execute(query.group_by(calendar.c.step, calendar.c.cell_id))
    return {(step, cell_id): due for step, cell_id, due in rows}


def schedule(connection: Connection, campaign_id: int, step: str, cell_id: str, due_unix_s: float) -> None:
    """Enter what is to begin then."""
    row = {"campaign_id": campaign_id, "step": step, "cell_id": cell_id, "due_unix_s": due_unix_s}
    connection.execute(calendar.insert(), [row])


def settle_due(connection: Connection, entry_id: int, outcome: Outcome, *, now: float) -> bool:
    """Note what came of an entry; False where that is noted already."""
    change = update(calendar).where(calendar.c.id == entry_id, calendar.c.outcome.is_(None))
    return bool(connection.execute(change.values(outcome=outcome, settled_unix_s=now)).rowcount)


def void_entries(connection: Connection, campaign_id: int, *, now: float) -> None:
    """Nothing of a campaign is to come any more."""
    change = update(calendar).where(calendar.c.campaign_id == campaign_id, calendar.c.outcome.is_(None))
    connection.execute(change.values(outcome="void", settled_unix_s=now))
