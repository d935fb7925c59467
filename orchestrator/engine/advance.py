"""Going on to the next item of a plan, where the service itself has done what the present one asks for."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.analysis.queue import queue_analyses
from orchestrator.engine.plan_facts import PlanFacts
from orchestrator.run_state import RunState
from orchestrator.store.errors import StoreError
from orchestrator.store.runs import get_run, set_progress, set_state

__all__ = ["advance"]


def advance(connection: sa.Connection, run_id: int, item: int, facts: PlanFacts, *, now: float) -> None:
    """Let the item behind ``item`` follow; behind the last one the run is complete.

    Raises StoreError where the run is no longer at ``item``, or is over.
    """
    if get_run(connection, run_id).item != item:
        raise StoreError(f"run {run_id} is no longer at item {item}")
    if item + 1 >= facts.items:
        set_state(connection, run_id, RunState.COMPLETED, now=now)
        queue_analyses(connection, run_id, facts.analyses, now)
        return
    set_progress(connection, run_id, item=item + 1)
    following = RunState.WAITING if item + 1 in facts.tasks else RunState.STARTING
    set_state(connection, run_id, following, now=now)
