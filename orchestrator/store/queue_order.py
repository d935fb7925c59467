"""In which order runs have their channel and their chamber: what has begun, then the rest by its place in the queue.

There is one order for the whole lab: channels and chambers take theirs from it, so that no two runs can each wait for
the other. A batch moves as a whole, and nothing comes between what it has begun and the rest of it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, exists, func, or_

from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import intents, runs

__all__ = ["has_begun", "place_in_queue", "queue_position"]

_OVER = [state.value for state in TERMINAL]
_BEFORE = (RunState.QUEUED.value, RunState.WAITING.value)


def place_in_queue() -> ColumnElement[int]:
    """Its place: the number of the run, unless somebody has moved it."""
    return func.coalesce(runs.c.queue_order, runs.c.id)


@cache
def has_begun() -> ColumnElement[bool]:
    """Whether a run, or another of its batch, has had its channel or its chamber already; as chambers see it, too."""
    mate = runs.alias("mate")
    one_of_its_batch = exists().where(mate.c.batch_id == runs.c.batch_id, mate.c.state.not_in(_OVER), _begun(mate))
    return or_(_begun(runs), one_of_its_batch)


@cache
def queue_position() -> tuple[ColumnElement[Any], ...]:
    """What to order runs by."""
    return case((has_begun(), 0), else_=1), place_in_queue(), runs.c.id


def _begun(of: FromClause) -> ColumnElement[bool]:
    asked = exists().where(
        intents.c.run_id == of.c.id, intents.c.outcome.is_(None), intents.c.action == "set_temperature"
    )
    return or_(of.c.state.not_in(_BEFORE), of.c.item > 0, asked)
