"""What the pages of the queue and of a campaign follow: enough to know when what they show is no longer true."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.campaigns import ENDED as CAMPAIGN_ENDED
from orchestrator.store.queue_order import place_in_queue
from orchestrator.store.tables import runs
from orchestrator.store.trips import latched_trips
from orchestrator.web.live.topic import Rows, Snapshot
from orchestrator.web.prompts_view import open_prompts
from orchestrator.web.run_rows import ENDED

__all__ = ["look_at_campaign", "look_at_queue"]

_ID_DIGITS = 9


def look_at_queue(snapshot: Snapshot, _argument: str) -> Rows:
    """Keys: ``run/ID`` and ``campaign/ID`` of what is not over, ``job/ID`` of what waits, ``prompt/…``, ``trips``."""
    connection = snapshot.connection
    found: dict[str, dict[str, Any]] = _prompts(snapshot, None)
    columns = runs.c["id", "state", "desired", "reason", "item"]
    for row in connection.execute(select(*columns, place_in_queue().label("place")).where(runs.c.state.not_in(ENDED))):
        found[f"run/{row.id}"] = row._asdict()
    going = select(*campaigns.c["id", "state", "desired", "reason"]).where(campaigns.c.state.not_in(CAMPAIGN_ENDED))
    for row in connection.execute(going):
        found[f"campaign/{row.id}"] = row._asdict()
    jobs = select(*campaign_jobs.c["id", "state", "bench", "reason"]).where(campaign_jobs.c.state == "waiting")
    for row in connection.execute(jobs.where(campaign_jobs.c.campaign_id.in_(select(going.subquery().c.id)))):
        found[f"job/{row.id}"] = row._asdict()
    found["trips"] = {"latched": [trip.id for trip in latched_trips(connection)]}
    return found


def look_at_campaign(snapshot: Snapshot, argument: str) -> Rows:
    """Keys: ``campaign``, ``job/ID``, ``prompt/…``; nothing where there is no such campaign."""
    if not argument.isascii() or not argument.isdigit() or len(argument) > _ID_DIGITS:
        return {}
    campaign_id = int(argument)
    states = campaigns.c["state", "desired", "reason", "occurrence"]
    row = snapshot.connection.execute(select(*states).where(campaigns.c.id == campaign_id)).one_or_none()
    if row is None:
        return {}
    found: dict[str, dict[str, Any]] = {"campaign": row._asdict(), **_prompts(snapshot, campaign_id)}
    jobs = select(*campaign_jobs.c["id", "state", "bench", "reason", "run_id"], runs.c.state.label("run_state"))
    jobs = jobs.outerjoin(runs, runs.c.id == campaign_jobs.c.run_id)
    for job in snapshot.connection.execute(jobs.where(campaign_jobs.c.campaign_id == campaign_id)):
        found[f"job/{job.id}"] = job._asdict()
    return found


def _prompts(snapshot: Snapshot, campaign_id: int | None) -> dict[str, dict[str, Any]]:
    asked = open_prompts(snapshot.connection, snapshot.service.lab, campaign_id)
    return {f"prompt/{one.run_id}/{one.campaign_id}/{one.cell}": {"text": one.text} for one in asked}
