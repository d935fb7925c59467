"""What ``decide_campaign`` is given: a campaign as the database has it, and what is known of everything around it."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.campaigns.definition import Campaign, Step
from orchestrator.run_state import RunState
from orchestrator.store.calendar import Due
from orchestrator.store.campaign_jobs import JOB_OVER, JobState
from orchestrator.store.campaigns import CampaignState
from orchestrator.store.runs import Desired

__all__ = ["CampaignView", "Finding", "JobView", "RunSeen"]


@dataclass(frozen=True, slots=True)
class RunSeen:
    """The run of a job."""

    id: int
    state: RunState
    desired: Desired
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What an analysis has found for a condition."""

    pending: bool = False
    value: float | None = None
    unit: str = ""
    note: str | None = None
    """Why there is no value."""


@dataclass(frozen=True, slots=True)
class JobView:
    """One step with one cell."""

    id: int
    step: str
    cell_id: str
    state: JobState
    bench: str | None = None
    """Of the cell at this step, as soon as it has one."""
    run: RunSeen | None = None
    reason: str | None = None
    prompt: str | None = None
    answered: bool = False
    obstacle: str | None = None
    """Why a run could not be launched there now; None also where it is not its turn."""
    finding: Finding | None = None
    """For its condition; None: it has none, or it is not its turn."""

    @property
    def over(self) -> bool:
        """Nothing will be done any more."""
        return self.state in JOB_OVER


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One campaign with the jobs of the last time that it began."""

    id: int
    campaign: Campaign
    desired: Desired
    state: CampaignState
    occurrence: int
    created_unix_s: float
    reason: str | None = None
    jobs: tuple[JobView, ...] = ()
    """Step by step in the order of the campaign, in each cell by cell."""
    seats: frozenset[tuple[str, str]] = field(default=frozenset())
    """Cell and pool of every bench that it holds."""
    entries: tuple[Due, ...] = ()

    def step(self, job: JobView) -> Step:
        """The step of a job."""
        return self.campaign.step(job.step)

    def of_cell(self, cell_id: str) -> list[JobView]:
        """Jobs of a cell in its order."""
        return [job for job in self.jobs if job.cell_id == cell_id]

    def turn(self, cell_id: str) -> JobView | None:
        """What the cell is at, or comes to next; None: it has gone through."""
        return next((job for job in self.of_cell(cell_id) if not job.over), None)

    def open_entry(self, step: str, cell_id: str) -> Due | None:
        """What of this is to come, of the present time that the campaign began (for itself: of any)."""
        return next((one for one in self.entries_about(step, cell_id) if one.outcome is None), None)

    def entries_about(self, step: str, cell_id: str) -> list[Due]:
        """Entries of the calendar about a job, or about the campaign."""
        mine = [one for one in self.entries if (one.step, one.cell_id) == (step, cell_id)]
        return [one for one in mine if not step or one.occurrence == self.occurrence]
