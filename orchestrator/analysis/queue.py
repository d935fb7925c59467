"""The queue of analyses: rows of the table ``analyses``, written by whoever wants one, worked off by a worker."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from orchestrator.store.tables import analyses
from protocols.plan import AnalysisRequest

__all__ = ["fail_running", "has_queued", "queue_analyses", "requeue_running", "running_ids"]


def queue_analyses(conn: Connection, run_id: int, requests: Iterable[AnalysisRequest], now: float) -> list[int]:
    """Queue what the protocol asks for, in its order; returns the ids of the rows. ``now`` in unix seconds."""
    ids = []
    for request in requests:
        row = {
            "run_id": run_id,
            "name": request.name,
            "options": dict(request.options),
            "state": "queued",
            "created_unix_s": now,
        }
        ids.append(int(conn.execute(insert(analyses).values(row).returning(analyses.c.id)).scalar_one()))
    return ids


def has_queued(conn: Connection) -> bool:
    """Whether anything waits to be worked off."""
    return conn.execute(select(analyses.c.id).where(analyses.c.state == "queued").limit(1)).first() is not None


def running_ids(conn: Connection) -> tuple[int, ...]:
    """Rows that a worker has claimed and not yet finished."""
    query = select(analyses.c.id).where(analyses.c.state == "running").order_by(analyses.c.id)
    return tuple(conn.execute(query).scalars())


def requeue_running(conn: Connection) -> None:
    """Put back what a worker had claimed when it ended through no fault of the analysis."""
    conn.execute(update(analyses).where(analyses.c.state == "running").values(state="queued"))


def fail_running(conn: Connection, error: str, now: float) -> None:
    """Mark what a worker had claimed as failed: it ended with it."""
    values = {"state": "failed", "error": error, "finished_unix_s": now}
    conn.execute(update(analyses).where(analyses.c.state == "running").values(values))
