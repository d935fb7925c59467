"""What becomes of a campaign, in one pure function: no I/O, no clock.

``decide_campaign(view, now)`` returns what to do next, in order. It is carried out in one transaction; then the
campaign is looked at again, until nothing is left to do. A launch and the note that it was launched are one of these
transactions: a process that dies before it has launched nothing, one that dies after it launches nothing again.
"""

from __future__ import annotations

from orchestrator.campaigns.actions import (
    Action,
    ClearAlarm,
    FinishJob,
    Order,
    ReleaseSeats,
    Transition,
)
from orchestrator.campaigns.consequences import failed
from orchestrator.campaigns.decide_job import decide_turns
from orchestrator.campaigns.decide_timing import campaign_missed, wait_for_time
from orchestrator.campaigns.view import CampaignView, JobView
from orchestrator.run_state import TERMINAL, RunState

__all__ = ["decide_campaign"]


def decide_campaign(view: CampaignView, now_unix_s: float) -> list[Action]:
    """What to do about one campaign; an empty list: nothing until something changes."""
    over = _over(view)
    if over:
        return over
    if view.desired == "stop":
        return _stop(view)
    if view.desired == "pause":
        return _pause(view)
    if view.state == "paused":
        return _go_on(view)
    if view.state == "waiting":
        return wait_for_time(view, now_unix_s)
    return campaign_missed(view, now_unix_s) or _running(view, now_unix_s)


def _over(view: CampaignView) -> list[Action]:
    """Runs that have ended, and prompts that were answered: their jobs are over."""
    actions: list[Action] = []
    for job in view.jobs:
        if job.state == "asking" and job.answered:
            actions += [FinishJob(job.id, "done"), ClearAlarm(job.prompt or "")]
        if job.state == "running" and job.run is not None and job.run.state in TERMINAL:
            actions += _run_over(view, job, job.run.state, job.run.reason)
    return actions


def _run_over(view: CampaignView, job: JobView, state: RunState, reason: str | None) -> list[Action]:
    if state is RunState.COMPLETED:
        return [FinishJob(job.id, "done")]
    what = f"run {job.run.id if job.run else ''} {state}" + (f": {reason}" if reason else "")
    if view.desired == "stop" and state is RunState.STOPPED:
        return [FinishJob(job.id, "stopped", what)]
    return failed(view, job, what)


def _stop(view: CampaignView) -> list[Action]:
    """Its runs are stopped, which the engine verifies; when the last of them has ended, so has the campaign."""
    actions: list[Action] = []
    going = [job for job in view.jobs if job.state == "running" and job.run is not None]
    actions += [Order(job.run.id, "stop") for job in going if job.run is not None and job.run.desired != "stop"]
    for job in view.jobs:
        if job.state in ("waiting", "asking"):
            actions.append(FinishJob(job.id, "stopped", "the campaign was stopped"))
            actions += [ClearAlarm(job.prompt)] if job.prompt else []
    if actions or going:
        waits = f"waits for {len(going)} runs to stop" if going else None
        return actions + _told(view, "stopping", waits)
    return [*_release_all(view), Transition("stopped")]


def _pause(view: CampaignView) -> list[Action]:
    if view.state == "paused":
        return []
    return [*_order_all(view, "pause"), Transition("paused", view.reason)]


def _go_on(view: CampaignView) -> list[Action]:
    under_way = any(not job.over for job in view.jobs)
    return [*_order_all(view, "run"), Transition("running" if under_way or view.occurrence else "waiting")]


def _order_all(view: CampaignView, desired: str) -> list[Action]:
    runs = [job.run for job in view.jobs if job.state == "running" and job.run is not None]
    return [Order(run.id, desired) for run in runs if run.desired not in (desired, "stop")]  # type: ignore[arg-type]


def _running(view: CampaignView, now_unix_s: float) -> list[Action]:
    actions = [*_release(view), *decide_turns(view, now_unix_s)]
    if actions or any(not job.over for job in view.jobs):
        return actions
    again = view.campaign.timing is not None and view.campaign.timing.cron is not None
    return [*_release_all(view), Transition("waiting" if again else "completed", _summary(view))]


def _summary(view: CampaignView) -> str:
    """``14 done, 1 failed, 3 left``."""
    states = [job.state for job in view.jobs]
    counts = ((state, states.count(state)) for state in ("done", "failed", "left", "stopped"))
    return ", ".join(f"{count} {state}" for state, count in counts if count)


def _release(view: CampaignView) -> list[Action]:
    """Benches that a cell is not at any more, and is not on its way to."""
    actions: list[Action] = []
    for cell_id, pool in sorted(view.seats):
        if pool not in _pools_needed(view, cell_id):
            actions.append(ReleaseSeats(cell_id, pool))
    return actions


def _pools_needed(view: CampaignView, cell_id: str) -> set[str | None]:
    """Where the cell is, and where it is being moved; nothing when it has gone through."""
    jobs = view.of_cell(cell_id)
    place = next((number for number, job in enumerate(jobs) if not job.over), None)
    if place is None:
        return set()
    been = (view.step(job).pool for job in reversed(jobs[:place]) if job.state == "done")
    return {view.step(jobs[place]).pool, next((pool for pool in been if pool is not None), None)}


def _release_all(view: CampaignView) -> list[Action]:
    return [ReleaseSeats(cell_id, pool) for cell_id, pool in sorted(view.seats)]


def _told(view: CampaignView, state: str, reason: str | None) -> list[Action]:
    same = (view.state, view.reason) == (state, reason)
    return [] if same else [Transition(state, reason)]  # type: ignore[arg-type]  # a state of a campaign
