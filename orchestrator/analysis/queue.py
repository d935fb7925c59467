"""What the worker needs of the queue of analyses beyond :mod:`orchestrator.store.analyses`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from orchestrator.store.analyses import Analysis, queue_analysis
from orchestrator.store.tables import analyses
from protocols.plan import AnalysisRequest

__all__ = ["claim_analysis", "fail_running", "has_queued", "queue_analyses", "running_ids"]


def queue_analyses(conn: Connection, run_id: int, requests: Iterable[AnalysisRequest], now: float) -> list[int]:
    """Queue what the protocol asks for, in its order; returns the ids of the rows. ``now`` in unix seconds."""
    return [queue_analysis(conn, run_id, request.name, request.options, now=now) for request in requests]


def has_queued(conn: Connection) -> bool:
    """Whether anything waits to be worked off."""
    return conn.execute(select(analyses.c.id).where(analyses.c.state == "queued").limit(1)).first() is not None


def running_ids(conn: Connection) -> tuple[int, ...]:
    """Rows that a worker has claimed and not yet finished."""
    query = select(analyses.c.id).where(analyses.c.state == "running").order_by(analyses.c.id)
    return tuple(conn.execute(query).scalars())


def claim_analysis(conn: Connection, analysis_id: int) -> Analysis | None:
    """Take this row, for this worker alone; None where it is not queued (any more)."""
    queued = (analyses.c.id == analysis_id) & (analyses.c.state == "queued")
    row = conn.execute(update(analyses).where(queued).values(state="running").returning(analyses)).one_or_none()
    return None if row is None else Analysis(*row)


def fail_running(conn: Connection, error: str, now: float) -> None:
    """Mark what a worker had claimed as failed: it ended with it."""
    values = {"state": "failed", "error": error, "finished_unix_s": now}
    conn.execute(update(analyses).where(analyses.c.state == "running").values(values))
