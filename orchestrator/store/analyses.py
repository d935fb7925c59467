"""Analyses that are to be done, are being done, or are done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select, update

from orchestrator.store.errors import StoreError
from orchestrator.store.tables import analyses

__all__ = ["Analysis", "finish_analysis", "list_analyses", "next_analysis", "queue_analysis", "requeue_running"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of one run."""

    id: int
    run_id: int
    name: str
    options: dict[str, Any]
    state: str
    code_version: str | None
    input_sha256: str | None
    result: dict[str, Any] | None
    error: str | None
    created_unix_s: float
    finished_unix_s: float | None
    owner: str | None
    """The node whose worker has taken it."""


def queue_analysis(connection: Connection, run_id: int, name: str, options: Mapping[str, Any], *, now: float) -> int:
    """Ask for an analysis and return its id."""
    row = analyses.insert().values(run_id=run_id, name=name, options=dict(options), state="queued", created_unix_s=now)
    new_id: int = connection.execute(row.returning(analyses.c.id)).scalar_one()
    return new_id


def next_analysis(connection: Connection) -> Analysis | None:
    """Take the oldest one that is queued, for this worker alone; None if there is none."""
    query = select(analyses).where(analyses.c.state == "queued").order_by(analyses.c.id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()  # no lock on SQLite: one writer
    if row is None:
        return None
    connection.execute(update(analyses).where(analyses.c.id == row.id).values(state="running"))
    return replace(Analysis(*row), state="running")


def finish_analysis(
    connection: Connection,
    analysis_id: int,
    *,
    now: float,
    code_version: str,
    input_sha256: str | None = None,
    result: Mapping[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Write the result, or the error that took its place. Raises StoreError if it was not running."""
    change = update(analyses).where(analyses.c.id == analysis_id, analyses.c.state == "running")
    values = {
        "state": "done" if error is None else "failed",
        "code_version": code_version,
        "input_sha256": input_sha256,
        "result": None if result is None else dict(result),
        "error": error,
        "finished_unix_s": now,
    }
    if not connection.execute(change.values(**values)).rowcount:
        raise StoreError(f"analysis {analysis_id} is not running; it was finished or queued again meanwhile")


def requeue_running(connection: Connection) -> int:
    """Queue again what a worker that died had taken; return how many."""
    return connection.execute(update(analyses).where(analyses.c.state == "running").values(state="queued")).rowcount


def list_analyses(connection: Connection, run_id: int) -> list[Analysis]:
    """Return the analyses of a run, oldest first."""
    query = select(analyses).where(analyses.c.run_id == run_id).order_by(analyses.c.id)
    return [Analysis(*row) for row in connection.execute(query)]
