"""Batches: runs submitted together on one chamber, whose temperature steps are barriers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from orchestrator.run_state import TERMINAL
from orchestrator.store.tables import batches, runs

__all__ = ["close_batches", "insert_batch"]

_OVER = [state.value for state in TERMINAL]


def insert_batch(connection: Connection, chamber: str, run_ids: Sequence[int], *, now: float) -> int:
    """Bind runs together and return the batch's number."""
    row = batches.insert().values(chamber=chamber, created_unix_s=now, state="active")
    batch_id: int = connection.execute(row.returning(batches.c.id)).scalar_one()
    connection.execute(update(runs).where(runs.c.id.in_(run_ids)).values(batch_id=batch_id))
    return batch_id


def close_batches(connection: Connection, chamber: str) -> None:
    """Note which batches of a chamber have no run any more that is not over."""
    going = select(runs.c.batch_id).where(runs.c.batch_id.is_not(None), runs.c.state.not_in(_OVER))
    active = (batches.c.chamber == chamber) & (batches.c.state == "active")
    connection.execute(update(batches).where(active, batches.c.id.not_in(going)).values(state="over"))
