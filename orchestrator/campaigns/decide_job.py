"""Decisions about what each cell comes to next: whether it may begin, where, and with whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.campaigns.actions import Action, Ask, Explain, FinishJob, Launch, Tell, WantSeats
from orchestrator.campaigns.consequences import failed, leave
from orchestrator.campaigns.decide_timing import time_has_come
from orchestrator.campaigns.definition import PLAIN, Condition, Step, with_unit
from orchestrator.campaigns.view import CampaignView, JobView

__all__ = ["decide_turns"]


def decide_turns(view: CampaignView, now_unix_s: float) -> list[Action]:
    """Everything that can begin now, begins; of the rest is said what it waits for."""
    actions: list[Action] = []
    ready: dict[str, list[JobView]] = {}
    for cell_id in view.campaign.cells:
        job = view.turn(cell_id)
        if job is None or job.state != "waiting":
            continue
        held = _held_back(view, job, now_unix_s)
        if held is None:
            ready.setdefault(job.step, []).append(job)
        else:
            actions += held
    for step in view.campaign.steps:
        actions += _begin(view, step, ready.get(step.name, []))
    return actions


def _held_back(view: CampaignView, job: JobView, now_unix_s: float) -> list[Action] | None:
    """None: it may begin. Else what is to be done about it."""
    step = view.step(job)
    for before in view.of_cell(job.cell_id):
        if before.step in step.after and before.state != "done":
            return [FinishJob(job.id, "left", f"{before.step} of it did not complete")]
    if step.when is not None:
        judged = _judged(view, job, step.when)
        if judged is not None:
            return judged
    return time_has_come(view, job, now_unix_s)


def _judged(view: CampaignView, job: JobView, condition: Condition) -> list[Action] | None:
    """None: the condition is met."""
    finding = job.finding
    if finding is None or finding.pending:
        return _explain(job, f"waits for the analysis {condition.analysis} of {condition.of}")
    if finding.value is None:
        why = finding.note or f"the analysis {condition.analysis} has no value of this name"
        return failed(view, job, f"{condition} cannot be judged: {why}")
    if (finding.unit or PLAIN) != (condition.unit or PLAIN):
        why = f"it is in {_worded(finding.unit)}, the campaign says {_worded(condition.unit)}"
        return failed(view, job, f"{condition} cannot be judged: {why}")
    above = condition.above is None or finding.value > condition.above
    below = condition.below is None or finding.value < condition.below
    if above and below:
        return None
    found = f"{condition.value} is {with_unit(f'{finding.value:.4g}', finding.unit)}, not {condition.bounds}"
    return leave(view, job.cell_id, found)


def _worded(unit: str) -> str:
    return "no unit" if unit in ("", PLAIN) else unit


def _begin(view: CampaignView, step: Step, ready: Sequence[JobView]) -> list[Action]:
    """Of one step, what is ready: benches first, then the launch; together, or each for itself."""
    if not ready:
        return []
    if not step.together:
        return [action for job in ready for action in _begin_group(view, step, (job,))]
    members = [job for job in view.jobs if job.step == step.name and not job.over]
    late = [job for job in members if job not in ready]
    if late:
        who = ", ".join(f"{job.cell_id} ({_at(view, job)})" for job in late)
        return [action for job in ready for action in _explain(job, f"together; waits for {who}")]
    return _begin_group(view, step, ready)


def _at(view: CampaignView, job: JobView) -> str:
    turn = view.turn(job.cell_id)
    return turn.step if turn is not None else job.step


def _begin_group(view: CampaignView, step: Step, jobs: Sequence[JobView]) -> list[Action]:
    seatless = [job for job in jobs if step.pool is not None and job.bench is None]
    if seatless:
        return _want_seats(view, step, seatless)
    if step.prompt is not None:
        return [action for job in jobs for action in _ask(view, step, job)]
    held_up = [job for job in jobs if job.obstacle is not None]
    if held_up:
        others = f"together; waits for {', '.join(job.cell_id for job in held_up)}"
        return [action for job in jobs for action in _explain(job, job.obstacle or others)]
    return [Launch(tuple(job.id for job in jobs))]


def _want_seats(view: CampaignView, step: Step, jobs: Sequence[JobView]) -> list[Action]:
    pool = step.pool or ""
    candidates = tuple(view.campaign.candidates(step, job.cell_id) for job in jobs)
    cells = tuple(job.cell_id for job in jobs)
    want = WantSeats(tuple(job.id for job in jobs), pool, cells, candidates, step.priority)
    return [want, *(action for job in jobs for action in _explain(job, f"waits for a free bench of {pool}"))]


def _ask(view: CampaignView, step: Step, job: JobView) -> list[Action]:
    text = (step.prompt or "").replace("{cell}", job.cell_id).replace("{bench}", job.bench or "")
    hint = f"cellbench campaign confirm {view.id} {job.cell_id}"
    told = f"{text} (then scan the cell: `{hint}`)"
    return [Ask(job.id, told, job.bench), Tell("warning", told)]


def _explain(job: JobView, reason: str) -> list[Action]:
    return [] if job.reason == reason else [Explain(job.id, reason)]
