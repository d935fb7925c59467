"""Campaigns on a virtual bench: handed in as the API does, answered as a technician does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from orchestrator.campaigns.definition import Campaign
from orchestrator.campaigns.hand_in import hand_in
from orchestrator.campaigns.read_campaign import read_campaign
from orchestrator.instruments import open_cycler
from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench


def start(bench: VirtualBench, text: str, sources: Mapping[str, str] | None = None) -> int:
    """Hand a campaign file in, as the API does."""
    return hand(bench, read_campaign(text, "campaign.yaml", sources, lab=bench.lab), text)


def hand(bench: VirtualBench, campaign: Campaign, text: str = "") -> int:
    """Hand a campaign in that has been read."""
    cyclers = {name: open_cycler(bench.lab, name) for name in bench.lab.instruments}
    try:
        with writing(bench.engine) as connection:
            return hand_in(
                connection, bench.lab, lambda place: cyclers[place.name], campaign, text, bench.control.now(), "test"
            )
    finally:
        for cycler in cyclers.values():
            cycler.close()


def state(bench: VirtualBench, campaign_id: int) -> str:
    with reading(bench.engine) as connection:
        return str(connection.scalar(sa.select(campaigns.c.state).where(campaigns.c.id == campaign_id)))


def jobs(bench: VirtualBench, campaign_id: int) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Every job by step and cell, of the last time that the campaign began."""
    query = sa.select(campaign_jobs).where(campaign_jobs.c.campaign_id == campaign_id)
    with reading(bench.engine) as connection:
        rows = connection.execute(query.order_by(campaign_jobs.c.id)).mappings().all()
    return {(row["step"], row["cell_id"]): dict(row) for row in rows}


def outcomes(bench: VirtualBench, campaign_id: int) -> dict[tuple[str, str], str]:
    return {key: str(job["state"]) for key, job in jobs(bench, campaign_id).items()}
