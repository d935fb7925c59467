"""Jobs of the soak's campaigns with their runs, as the database has them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from orchestrator.store.campaign_tables import campaign_jobs
from orchestrator.store.tables import runs
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench

__all__ = ["SoakJob", "soak_jobs"]


@dataclass(frozen=True)
class SoakJob:
    """One job, and what is known of its run."""

    campaign: int
    step: str
    cell: str
    state: str
    reason: str | None
    asks: bool
    """A person has been asked and has not answered."""
    run: int | None
    run_state: str | None
    run_desired: str | None
    run_reason: str | None

    @property
    def bench(self) -> str:
        """Where the cell is."""
        return self.cell.removeprefix("C-")

    @property
    def key(self) -> tuple[str, str]:
        """Step and bench."""
        return self.step, self.bench


def soak_jobs(bench: VirtualBench, campaign: int | None = None) -> list[SoakJob]:
    """Of one campaign, or of all; in order."""
    of_jobs = campaign_jobs.c["campaign_id", "step", "cell_id", "state", "reason", "answered_by", "run_id"]
    of_runs = (runs.c.state.label("run_state"), runs.c.desired, runs.c.reason.label("run_reason"))
    query = sa.select(*of_jobs, *of_runs).outerjoin_from(campaign_jobs, runs, campaign_jobs.c.run_id == runs.c.id)
    query = query.order_by(campaign_jobs.c.id)
    query = query if campaign is None else query.where(campaign_jobs.c.campaign_id == campaign)
    with reading(bench.engine) as connection:
        rows = connection.execute(query).all()
    return [
        SoakJob(
            row.campaign_id,
            row.step,
            row.cell_id,
            row.state,
            row.reason,
            row.state == "asking" and row.answered_by is None,
            row.run_id,
            row.run_state,
            row.desired,
            row.run_reason,
        )
        for row in rows
    ]
