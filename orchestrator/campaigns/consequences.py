"""What becomes of the rest when one job fails, or when a cell does not go on. Pure."""

from __future__ import annotations

from orchestrator.campaigns.actions import Action, FinishJob, Tell, Want
from orchestrator.campaigns.view import CampaignView, JobView

__all__ = ["failed", "leave"]


def failed(view: CampaignView, job: JobView, reason: str) -> list[Action]:
    """A job has failed: what becomes of the rest, by the rule of its step; a person is told."""
    rule = view.step(job).if_one_fails
    actions: list[Action] = [
        FinishJob(job.id, "failed", reason),
        Tell("critical", f"{job.step} of cell {job.cell_id} failed: {reason}"),
    ]
    if rule == "stop_cell":
        actions += leave(view, job.cell_id, f"{job.step} of it failed", besides=job.id)
    elif rule == "pause_all":
        actions.append(Want("pause", f"{job.step} of cell {job.cell_id} failed"))
    elif rule == "stop_all":
        actions.append(Want("stop", f"{job.step} of cell {job.cell_id} failed"))
    return actions


def leave(view: CampaignView, cell_id: str, reason: str, *, besides: int | None = None) -> list[Action]:
    """The cell goes through nothing more of what it has not begun."""
    waiting = [job for job in view.of_cell(cell_id) if job.state == "waiting" and job.id != besides]
    return [FinishJob(job.id, "left", reason) for job in waiting]
