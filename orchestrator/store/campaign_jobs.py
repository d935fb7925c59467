"""Jobs of a campaign: one step with one cell, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from orchestrator.store.campaign_tables import campaign_jobs

__all__ = ["JOB_OVER", "Job", "JobState", "change_job", "insert_jobs", "jobs_of"]

JobState = Literal["waiting", "asking", "running", "done", "failed", "left", "stopped"]
JOB_OVER: tuple[JobState, ...] = ("done", "failed", "left", "stopped")


@dataclass(frozen=True, slots=True)
class Job:
    """One job."""

    id: int
    campaign_id: int
    occurrence: int
    step: str
    cell_id: str
    state: JobState
    bench: str | None
    run_id: int | None
    reason: str | None
    prompt: str | None
    answered_by: str | None
    expected_s: float | None
    started_unix_s: float | None
    finished_unix_s: float | None


def insert_jobs(
    connection: Connection, campaign_id: int, occurrence: int, jobs: Sequence[tuple[str, str, float | None]]
) -> None:
    """Add jobs that wait: (step, cell, expected seconds), in the order in which they are shown."""
    rows = [
        {
            "campaign_id": campaign_id,
            "occurrence": occurrence,
            "step": step,
            "cell_id": cell_id,
            "state": "waiting",
            "expected_s": expected_s,
        }
        for step, cell_id, expected_s in jobs
    ]
    connection.execute(campaign_jobs.insert(), rows)


def jobs_of(connection: Connection, campaign_id: int, occurrence: int | None = None) -> list[Job]:
    """Jobs in order; of one time that the campaign began, or of all."""
    query = select(campaign_jobs).where(campaign_jobs.c.campaign_id == campaign_id)
    if occurrence is not None:
        query = query.where(campaign_jobs.c.occurrence == occurrence)
    return [Job(*row) for row in connection.execute(query.order_by(campaign_jobs.c.id))]


def change_job(connection: Connection, job_id: int, expected: JobState, **values: Any) -> bool:
    """Change a job that is still in the expected state; False where somebody else was faster."""
    change = update(campaign_jobs).where(campaign_jobs.c.id == job_id, campaign_jobs.c.state == expected)
    return bool(connection.execute(change.values(**values)).rowcount)
