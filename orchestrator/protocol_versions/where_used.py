"""Runs and campaigns of one version of a protocol."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from orchestrator.campaigns.check_protocol import protocol_of
from orchestrator.campaigns.definition import load_campaign
from orchestrator.store.campaigns import active_campaigns
from orchestrator.store.tables import campaign_jobs, campaigns, runs
from protocols.errors import ProtocolErrors

__all__ = ["RunOf", "Usage", "where_used"]

_RUNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class RunOf:
    """One run."""

    id: int
    cell: str
    state: str
    created_unix_s: float
    created_by: str


@dataclass(frozen=True, slots=True)
class Usage:
    """The newest runs, how many there are in all, and campaigns that have used it or are going to."""

    runs: tuple[RunOf, ...]
    runs_total: int
    campaigns: tuple[tuple[int, str], ...]
    """Number and name."""


def where_used(connection: Connection, sha256: str) -> Usage:
    """Where the version with this hash was used, and in which campaigns it is still to come."""
    of_this = runs.c.protocol_sha256 == sha256
    total = connection.execute(select(func.count()).select_from(runs).where(of_this)).scalar_one()
    columns = runs.c["id", "cell_id", "state", "created_unix_s", "created_by"]
    newest = select(*columns).where(of_this).order_by(runs.c.id.desc()).limit(_RUNS_SHOWN)
    return Usage(
        tuple(RunOf(*row) for row in connection.execute(newest)),
        total,
        tuple(sorted((_campaigns_that_ran(connection, sha256) | _campaigns_to_come(connection, sha256)).items())),
    )


def _campaigns_that_ran(connection: Connection, sha256: str) -> dict[int, str]:
    query = (
        select(campaigns.c.id, campaigns.c.name)
        .distinct()
        .join(campaign_jobs, campaign_jobs.c.campaign_id == campaigns.c.id)
        .join(runs, runs.c.id == campaign_jobs.c.run_id)
        .where(runs.c.protocol_sha256 == sha256)
    )
    return {row.id: row.name for row in connection.execute(query)}


def _campaigns_to_come(connection: Connection, sha256: str) -> dict[int, str]:
    found = {}
    for row in active_campaigns(connection):
        for step in load_campaign(row.definition).steps:
            try:
                if step.protocol is not None and protocol_of(step).sha256 == sha256:
                    found[row.id] = row.name
            except ProtocolErrors:  # a file that this cellbench cannot read any more: it is not this text, which it can
                continue
    return found
