"""Campaigns: what is wanted of each, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, select, update

from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event
from orchestrator.store.runs import Desired

__all__ = [
    "ENDED",
    "CampaignRow",
    "CampaignState",
    "active_campaigns",
    "get_campaign",
    "insert_campaign",
    "list_campaigns",
    "run_ids",
    "set_campaign_desired",
    "set_campaign_state",
    "stop_campaigns",
]

CampaignState = Literal["waiting", "running", "paused", "stopping", "stopped", "completed", "failed"]
ENDED: tuple[CampaignState, ...] = ("stopped", "completed", "failed")


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign. ``definition`` is the JSON form of ``orchestrator.campaigns.definition.Campaign``."""

    id: int
    name: str
    source: str
    definition: dict[str, Any]
    desired: Desired
    state: CampaignState
    reason: str | None
    occurrence: int
    created_unix_s: float
    created_by: str
    finished_unix_s: float | None


def insert_campaign(
    connection: Connection, *, name: str, source: str, definition: Mapping[str, Any], actor: str, now: float
) -> int:
    """Add a campaign that waits for its time, and return its number."""
    row = campaigns.insert().values(
        name=name,
        source=source,
        definition=dict(definition),
        desired="run",
        state="waiting",
        occurrence=0,
        created_unix_s=now,
        created_by=actor,
    )
    campaign_id: int = connection.execute(row.returning(campaigns.c.id)).scalar_one()
    message = f"campaign {campaign_id} ({name}) was handed in"
    append_event(connection, now=now, actor=actor, kind="campaign", message=message, data={"campaign": campaign_id})
    return campaign_id


def get_campaign(connection: Connection, campaign_id: int) -> CampaignRow:
    """One campaign. Raises StoreError if there is none."""
    row = connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one_or_none()
    if row is None:
        raise StoreError(f"campaign {campaign_id} does not exist; `cellbench campaign ls` lists them")
    return CampaignRow(*row)


def list_campaigns(connection: Connection, *, limit: int = 100, offset: int = 0) -> tuple[list[CampaignRow], int]:
    """A page of campaigns, newest first, and how many there are in all."""
    total = connection.execute(select(func.count()).select_from(campaigns)).scalar_one()
    query = select(campaigns).order_by(campaigns.c.id.desc()).limit(limit).offset(offset)
    return [CampaignRow(*row) for row in connection.execute(query)], total


def active_campaigns(connection: Connection, *, lock: bool = False) -> list[CampaignRow]:
    """Campaigns that have not ended, oldest first; ``lock``: nobody wants anything else of them before the commit."""
    query = select(campaigns).where(campaigns.c.state.not_in(ENDED)).order_by(campaigns.c.id)
    query = query.with_for_update() if lock else query  # no lock on SQLite: one writer
    return [CampaignRow(*row) for row in connection.execute(query)]


def run_ids(connection: Connection, campaign_id: int) -> list[int]:
    """The runs of a campaign in the order in which they were launched. Raises StoreError if there is no such one."""
    get_campaign(connection, campaign_id)
    query = select(campaign_jobs.c.run_id).where(
        campaign_jobs.c.campaign_id == campaign_id, campaign_jobs.c.run_id.is_not(None)
    )
    return [int(run_id) for run_id in connection.scalars(query.order_by(campaign_jobs.c.run_id))]


def set_campaign_desired(
    connection: Connection, campaign_id: int, desired: Desired, *, actor: str, now: float, reason: str = ""
) -> bool:
    """Write what is wanted; False where it does not count: it has ended, or is to stop."""
    change = update(campaigns).where(
        campaigns.c.id == campaign_id, campaigns.c.state.not_in(ENDED), campaigns.c.desired != "stop"
    )
    counts = bool(connection.execute(change.values(desired=desired)).rowcount)
    word = "resume" if desired == "run" else desired
    message = f"campaign {campaign_id}: {word}{'' if counts else ' refused'}{f' ({reason})' if reason else ''}"
    append_event(connection, now=now, actor=actor, kind="order", message=message, data={"campaign": campaign_id})
    return counts


def stop_campaigns(connection: Connection, *, actor: str, now: float, reason: str = "") -> None:
    """Nothing of any campaign is to begin any more. To be called before runs are stopped: they are all there then."""
    for row in active_campaigns(connection, lock=True):
        if row.desired != "stop":
            set_campaign_desired(connection, row.id, "stop", actor=actor, now=now, reason=reason)


def set_campaign_state(
    connection: Connection,
    campaign_id: int,
    state: CampaignState,
    *,
    now: float,
    reason: str | None = None,
    occurrence: int | None = None,
) -> None:
    """Write how far it is, with its event where that is another state. ``occurrence``: it begins once more."""
    before = get_campaign(connection, campaign_id)
    values: dict[str, Any] = {"state": state, "reason": reason}
    if state in ENDED:
        values["finished_unix_s"] = now
    if occurrence is not None:
        values["occurrence"] = occurrence
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(values))
    if state != before.state:
        message = f"campaign {campaign_id}: {before.state} → {state}" + (f": {reason}" if reason else "")
        append_event(
            connection, now=now, actor="engine", kind="campaign", message=message, data={"campaign": campaign_id}
        )
