"""The steps of a campaign as its file has them, and when they begin."""

from __future__ import annotations

from orchestrator.campaigns.definition import Campaign, Step, Timing
from orchestrator.campaigns.timing import next_due
from orchestrator.web.models.campaign import StepAnswer, TimingAnswer

__all__ = ["step_answer", "timing_answer"]

_TIMES_SHOWN = 5


def step_answer(campaign: Campaign, step: Step, after_unix_s: float | None) -> StepAnswer:
    """One step; its next times after that moment, None: of a campaign that has ended."""
    return StepAnswer(
        name=step.name,
        protocol=step.protocol,
        prompt=step.prompt,
        cells=list(step.cells),
        after=list(step.after),
        condition=None if step.when is None else f"{step.when.analysis} of {step.when.of}: {step.when}",
        pool=step.pool,
        benches=list(campaign.pools.get(step.pool, ())) if step.pool is not None else [],
        parameters=dict(step.parameters),
        together=step.together,
        priority=step.priority,
        if_one_fails=step.if_one_fails,
        timing=timing_answer(step.timing, after_unix_s),
    )


def timing_answer(timing: Timing | None, after_unix_s: float | None) -> TimingAnswer | None:
    """When something begins, and the next times of its rule."""
    if timing is None:
        return None
    return TimingAnswer(
        zone=timing.zone,
        start_unix_s=timing.start_unix_s,
        cron=timing.cron,
        grace_s=timing.grace_s,
        next_unix_s=[] if after_unix_s is None else _next_times(timing, after_unix_s),
    )


def _next_times(timing: Timing, after_unix_s: float) -> list[float]:
    found: list[float] = []
    due = next_due(timing, after_unix_s)
    while due is not None and len(found) < _TIMES_SHOWN:
        found.append(due)
        due = next_due(timing, due, due) if timing.cron is not None else None
    return found
