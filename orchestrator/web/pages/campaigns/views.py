"""What the templates of campaigns are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.web.models.campaign import CampaignDetail, ForecastAnswer, JobAnswer, StepAnswer
from orchestrator.web.models.queue import PromptAnswer
from orchestrator.web.pages.frame import N_

__all__ = ["CampaignPage", "CellRow", "JobView", "StepView", "cell_rows", "step_views"]

_IF_ONE_FAILS = {
    "go_on": N_("If it fails for a cell, that cell goes on with what does not depend on it."),
    "stop_cell": N_("If it fails for a cell, that cell leaves; the others go on."),
    "pause_all": N_("If it fails for a cell, the whole campaign is paused."),
    "stop_all": N_("If it fails for a cell, the whole campaign is stopped."),
}


@dataclass(frozen=True, slots=True)
class StepView:
    """A column of the table."""

    step: StepAnswer
    if_one_fails: str


@dataclass(frozen=True, slots=True)
class JobView:
    """One step with one cell."""

    state: str
    job: JobAnswer | None
    """None: the campaign has not begun."""
    after: str | None
    """The step of the same cell that it comes after, where that is not over."""
    condition: str | None
    """What must have been found, where that is still open."""


@dataclass(frozen=True, slots=True)
class CellRow:
    """A row of the table: what one cell goes through."""

    cell: str
    jobs: list[JobView | None]
    """By step; None: the cell does not go through it."""


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One campaign."""

    detail: CampaignDetail
    shown: int
    """Which time that it began is shown."""
    steps: list[StepView]
    rows: list[CellRow]
    prompts: list[PromptAnswer]
    forecast: ForecastAnswer

    @property
    def times(self) -> range:
        """Every time that it began."""
        return range(1, self.detail.occurrence + 1)


def step_views(steps: Sequence[StepAnswer]) -> list[StepView]:
    """The columns."""
    return [StepView(step, _IF_ONE_FAILS.get(step.if_one_fails, "")) for step in steps]


def cell_rows(detail: CampaignDetail, occurrence: int) -> list[CellRow]:
    """The rows, in the order in which the cells stand in the file."""
    jobs = {(job.cell, job.step): job for job in detail.table if job.occurrence == occurrence}
    cells = dict.fromkeys(cell for step in detail.steps for cell in step.cells)
    return [CellRow(cell, [_view(detail, jobs, step, cell) for step in detail.steps]) for cell in cells]


def _view(
    detail: CampaignDetail, jobs: Mapping[tuple[str, str], JobAnswer], step: StepAnswer, cell: str
) -> JobView | None:
    if cell not in step.cells:
        return None
    job = jobs.get((cell, step.name))
    if job is None:
        return JobView("not begun" if detail.ended else "to come", None, None, step.condition)
    waits = job.state == "waiting"
    return JobView(
        state=job.state,
        job=job,
        after=_after(detail, jobs, step, cell) if waits and not job.reason else None,
        condition=step.condition if waits else None,
    )


def _after(
    detail: CampaignDetail, jobs: Mapping[tuple[str, str], JobAnswer], step: StepAnswer, cell: str
) -> str | None:
    """The step just before it that is not over: a cell goes through them one after the other."""
    found = None
    for earlier in detail.steps:
        if earlier.name == step.name:
            break
        job = jobs.get((cell, earlier.name))
        if job is not None and job.state in ("waiting", "asking", "running"):
            found = earlier.name
    return found
