"""What people are asked to do: by runs whose protocol has a prompt, and by campaigns."""

from __future__ import annotations

from sqlalchemy import Connection, select

from orchestrator.config import Lab
from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.campaigns import ENDED as CAMPAIGN_ENDED
from orchestrator.store.tables import prompts, runs
from orchestrator.web.models.queue import PromptAnswer
from orchestrator.web.run_rows import ENDED

__all__ = ["open_prompts"]


def open_prompts(connection: Connection, lab: Lab, campaign_id: int | None = None) -> list[PromptAnswer]:
    """What nobody has confirmed yet, the longest first; of one campaign with its runs, or of all and of every run."""
    asked = [*_of_runs(connection, lab, campaign_id), *_of_campaigns(connection, campaign_id)]
    return sorted(asked, key=lambda one: one.since_unix_s or 0.0)


def _of_runs(connection: Connection, lab: Lab, campaign_id: int | None) -> list[PromptAnswer]:
    query = (
        select(
            *prompts.c["run_id", "text", "raised_unix_s"],
            *runs.c["protocol", "cell_id", "instrument", "channel"],
            *campaign_jobs.c["campaign_id", "step"],
            campaigns.c.name,
        )
        .join(runs, (runs.c.id == prompts.c.run_id) & (runs.c.item == prompts.c.item))
        .outerjoin(campaign_jobs, campaign_jobs.c.run_id == runs.c.id)
        .outerjoin(campaigns, campaigns.c.id == campaign_jobs.c.campaign_id)
        .where(prompts.c.answered_unix_s.is_(None), runs.c.state.not_in(ENDED))
    )
    if campaign_id is not None:
        query = query.where(campaign_jobs.c.campaign_id == campaign_id)
    found = []
    for row in connection.execute(query):
        bench = lab.bench_of(row.instrument, row.channel)
        found.append(
            PromptAnswer(
                run_id=row.run_id,
                campaign_id=row.campaign_id,
                campaign=row.name,
                step=row.step or row.protocol,
                cell=row.cell_id,
                bench=bench.name if bench is not None else f"{row.instrument}/{row.channel}",
                text=row.text,
                since_unix_s=row.raised_unix_s,
            )
        )
    return found


def _of_campaigns(connection: Connection, campaign_id: int | None) -> list[PromptAnswer]:
    query = (
        select(
            *campaign_jobs.c["campaign_id", "step", "cell_id", "bench", "prompt", "started_unix_s"], campaigns.c.name
        )
        .join(campaigns, campaigns.c.id == campaign_jobs.c.campaign_id)
        .where(campaign_jobs.c.state == "asking", campaign_jobs.c.answered_by.is_(None))
        .where(campaigns.c.state.not_in(CAMPAIGN_ENDED))
    )
    if campaign_id is not None:
        query = query.where(campaigns.c.id == campaign_id)
    return [
        PromptAnswer(
            run_id=None,
            campaign_id=row.campaign_id,
            campaign=row.name,
            step=row.step,
            cell=row.cell_id,
            bench=row.bench,
            text=row.prompt.partition(" (then scan the cell: ")[0],
            since_unix_s=row.started_unix_s,
        )
        for row in connection.execute(query)
    ]
