"""Whether a run that has not begun may have its channel: after whom it comes, and why a person must look first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.queue_order import queue_position
from orchestrator.store.tables import intents, prompts, runs

__all__ = ["channel_head", "look_first"]

_ACTIVE = [state.value for state in RunState if state not in TERMINAL]
_NOT_BEGUN = (RunState.QUEUED.value, RunState.WAITING.value)
_TAKEN_OUT = sa.and_(
    runs.c.state == RunState.STOPPED.value,
    runs.c.item == 0,
    runs.c.started_unix_s.is_(None),
    ~sa.exists().where(intents.c.run_id == runs.c.id),
    ~sa.exists().where(prompts.c.run_id == runs.c.id),
)
"""A run that was cancelled in the queue: nothing of it was ever asked of an instrument, or of a person."""


def channel_head(connection: sa.Connection, instrument: str, channel: str) -> int | None:
    """The run that has a channel first: what has begun, else the first in the queue of what is not over."""
    here = (runs.c.instrument == instrument, runs.c.channel == channel, runs.c.state.in_(_ACTIVE))
    head: int | None = connection.scalar(sa.select(runs.c.id).where(*here).order_by(*queue_position()).limit(1))
    return head


def look_first(connection: sa.Connection, row: sa.Row[Any]) -> str | None:
    """Why a person must look: what became of the runs that had the channel while this one was queued behind them.

    ``row`` is of the table of runs. None for a run that has begun, or that a person has released.
    """
    if row.state not in _NOT_BEGUN or row.item > 0:
        return None
    ended = sa.select(*runs.c["id", "state", "cell_id"]).where(
        runs.c.instrument == row.instrument,
        runs.c.channel == row.channel,
        runs.c.finished_unix_s >= row.created_unix_s,
        sa.not_(_TAKEN_OUT),
    )
    if row.released_unix_s is not None:  # what came before the release has been looked at
        ended = ended.where(runs.c.finished_unix_s > row.released_unix_s)
    for before in connection.execute(ended.order_by(runs.c.finished_unix_s.desc(), runs.c.id.desc())):
        if before.state != RunState.COMPLETED.value:
            return f"run {before.id} before it {before.state}; look at the cell, then `cellbench resume {row.id}`"
        if before.cell_id != row.cell_id:
            swap = f"put {row.cell_id} in, then `cellbench resume {row.id}`"
            return f"run {before.id} before it was of cell {before.cell_id}; {swap}"
    return None
