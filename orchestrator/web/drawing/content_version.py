"""What drawings of runs depend on, as one short text: another one says that they are to be drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, func, select

from orchestrator.store.tables import analyses, cycles, events, runs

__all__ = ["content_version"]


def content_version(connection: Connection, run_ids: Sequence[int], what: Literal["figures", "report"]) -> str:
    """A fingerprint of these runs' results and complete cycles, and for a report of their states and events."""
    done = select(func.max(analyses.c.id), func.max(analyses.c.finished_unix_s), func.count())
    complete = select(func.count()).where(cycles.c.run_id.in_(run_ids), cycles.c.complete)
    parts = [
        connection.execute(done.where(analyses.c.run_id.in_(run_ids), analyses.c.state == "done")).one(),
        connection.execute(complete).scalar_one(),
    ]
    if what == "report":
        states = select(runs.c.id, runs.c.state).where(runs.c.id.in_(run_ids)).order_by(runs.c.id)
        parts.append(connection.execute(states).all())
        parts.append(connection.execute(select(func.max(events.c.id)).where(events.c.run_id.in_(run_ids))).scalar())
    return sha256(repr(parts).encode()).hexdigest()[:16]
