"""What of a campaign is still to be done, as the forecast wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.campaigns.definition import PRIORITIES, Campaign, Step
from orchestrator.campaigns.forecast import PERSON_S, Work
from orchestrator.campaigns.view import CampaignView, JobView
from orchestrator.config import Lab

__all__ = ["work_left"]


def work_left(view: CampaignView, lab: Lab, ends: Mapping[int, float], now: float) -> list[Work]:
    """Of each cell in its order. ``ends``: when runs are expected to end. What is paused is taken to go on now."""
    if view.desired == "stop":
        return []
    if view.state in ("waiting", "paused") and not any(not job.over for job in view.jobs):
        return list(_to_come(view, lab, now))
    return [_of_job(view, job, lab, ends, now) for job in view.jobs if not job.over]


def _to_come(view: CampaignView, lab: Lab, now: float) -> Iterator[Work]:
    """Of a campaign that will begin."""
    entry = view.open_entry("", "")
    begins = now if entry is None else entry.due_unix_s
    for step in view.campaign.steps:
        for cell in step.cells:
            yield _work(view, step, cell, lab, begins)


def _of_job(view: CampaignView, job: JobView, lab: Lab, ends: Mapping[int, float], now: float) -> Work:
    step = view.step(job)
    entry = view.open_entry(job.step, job.cell_id)
    work = _work(view, step, job.cell_id, lab, entry.due_unix_s if entry else now, job)
    if job.run is None:
        return work
    return _started(work, job.run.id, ends.get(job.run.id, now + work.duration_s))


def _work(view: CampaignView, step: Step, cell: str, lab: Lab, ready_unix_s: float, job: JobView | None = None) -> Work:
    campaign: Campaign = view.campaign
    expected = campaign.expected.get(step.name, {}).get(cell)
    candidates = (job.bench,) if job is not None and job.bench else campaign.candidates(step, cell)
    place = lab.benches.get(candidates[0]) if candidates else None
    chamber = place.chamber if place is not None and expected is not None and expected.sets_temperature else None
    return Work(
        campaign_id=view.id,
        step=step.name,
        cell_id=cell,
        duration_s=expected.duration_s if expected is not None else PERSON_S,
        priority=PRIORITIES.index(step.priority),
        pool=step.pool,
        candidates=candidates,
        chamber=chamber,
        together=step.together,
        ready_unix_s=ready_unix_s,
        job_id=job.id if job is not None else None,
        by_hand=step.prompt is not None,
    )


def _started(work: Work, run_id: int, ends_unix_s: float) -> Work:
    return replace(work, run_id=run_id, started_unix_s=ends_unix_s - work.duration_s, ends_unix_s=ends_unix_s)
