"""A person has done what a campaign asked for, and proves it by the barcode of the cell."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.store.campaign_jobs import Job, change_job, jobs_of
from orchestrator.store.events import append_event

__all__ = ["scan"]


def scan(
    connection: Connection,
    campaign_id: int,
    barcode: str,
    bench: str | None,
    *,
    actor: str,
    now: float,
    reason: str = "",
) -> str | None:
    """Confirm by the cell's barcode, and the bench's where it was scanned too; the caller commits.

    Returns None, or why nothing was confirmed; both stand in the event log.
    """
    asking = [job for job in jobs_of(connection, campaign_id) if job.state == "asking" and job.answered_by is None]
    job = next((one for one in asking if one.cell_id == barcode), None)
    wrong = _wrong(campaign_id, asking, job, barcode, bench)
    if wrong is None and job is not None and not change_job(connection, job.id, "asking", answered_by=actor):
        wrong = f"campaign {campaign_id}: somebody else was faster"
    note = f" ({reason})" if reason else ""
    message = wrong or f"campaign {campaign_id}: cell {barcode} scanned{note}: {job.prompt if job else ''}"
    data = {"campaign": campaign_id, "barcode": barcode}
    append_event(connection, now=now, actor=actor, kind="order", message=message, data=data)
    return wrong


def _wrong(campaign_id: int, asking: list[Job], job: Job | None, barcode: str, bench: str | None) -> str | None:
    """Why this scan is not what was asked for; None: it is."""
    if not asking:
        return f"campaign {campaign_id} asks nobody to do anything"
    wanted = ", ".join(f"{one.cell_id} to {one.bench}" if one.bench else one.cell_id for one in asking)
    if job is None:
        return f"{barcode} is not the cell that is asked for ({wanted}); nothing was confirmed: scan the right one"
    if bench is not None and bench != job.bench:
        return f"cell {barcode} belongs on {job.bench or 'no bench'}, not on {bench}; move it there, and scan again"
    return None
