"""A campaign as the database has it, with what is known of its runs, its benches and its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from orchestrator.analysis.result import AnalysisResult
from orchestrator.campaigns.definition import Campaign, Condition, load_campaign
from orchestrator.campaigns.view import CampaignView, Finding, JobView, RunSeen
from orchestrator.config import Lab
from orchestrator.launch import LaunchRefused, obstacle_to_launch
from orchestrator.run_state import RunState
from orchestrator.store.analyses import list_analyses
from orchestrator.store.calendar import entries_of
from orchestrator.store.campaign_jobs import Job, jobs_of
from orchestrator.store.campaign_seats import Seat
from orchestrator.store.campaigns import CampaignRow
from orchestrator.store.tables import runs

__all__ = ["load_view"]


def load_view(connection: Connection, lab: Lab, row: CampaignRow, seats: Sequence[Seat]) -> CampaignView:
    """The view of one campaign; ``seats``: those of all campaigns that are taken. Raises StoreError."""
    campaign = load_campaign(row.definition)
    mine = {(seat.cell_id, seat.pool): seat.bench for seat in seats if seat.campaign_id == row.id}
    jobs = jobs_of(connection, row.id, row.occurrence) if row.occurrence else []
    known = _runs(connection, jobs)
    view = CampaignView(
        id=row.id,
        campaign=campaign,
        desired=row.desired,
        state=row.state,
        occurrence=row.occurrence,
        created_unix_s=row.created_unix_s,
        reason=row.reason,
        jobs=tuple(_job(campaign, job, mine, known) for job in jobs),
        seats=frozenset(mine),
        entries=tuple(entries_of(connection, row.id)),
    )
    return replace(view, jobs=tuple(_with_turn(connection, lab, view, job) for job in view.jobs))


def _runs(connection: Connection, jobs: Sequence[Job]) -> Mapping[int, Row[Any]]:
    wanted = [job.run_id for job in jobs if job.run_id is not None]
    query = select(*runs.c["id", "state", "desired", "reason"]).where(runs.c.id.in_(wanted))
    return {row.id: row for row in connection.execute(query)}


def _job(campaign: Campaign, job: Job, seats: Mapping[tuple[str, str], str], known: Mapping[int, Row[Any]]) -> JobView:
    run = known.get(job.run_id) if job.run_id is not None else None
    return JobView(
        id=job.id,
        step=job.step,
        cell_id=job.cell_id,
        state=job.state,
        bench=job.bench or seats.get((job.cell_id, campaign.step(job.step).pool or "")),
        run=None if run is None else RunSeen(run.id, RunState(run.state), run.desired, run.reason),
        reason=job.reason,
        prompt=job.prompt,
        answered=job.answered_by is not None,
    )


def _with_turn(connection: Connection, lab: Lab, view: CampaignView, job: JobView) -> JobView:
    """With what is asked only of a job that might begin now."""
    if job.state != "waiting" or view.turn(job.cell_id) != job:
        return job
    step = view.step(job)
    obstacle = None
    if step.protocol is not None and job.bench is not None:
        try:
            obstacle = obstacle_to_launch(connection, lab, job.bench, job.cell_id)
        except LaunchRefused:
            obstacle = None  # there is no such bench any more: the launch says so, for good
    finding = None if step.when is None else _finding(connection, view, job, step.when)
    return replace(job, obstacle=obstacle, finding=finding)


def _finding(connection: Connection, view: CampaignView, job: JobView, condition: Condition) -> Finding:
    """What the newest version of the analysis says."""
    of = next((one for one in view.of_cell(job.cell_id) if one.step == condition.of), None)
    if of is None or of.run is None:
        return Finding(note=f"{condition.of} had no run")
    versions = [one for one in list_analyses(connection, of.run.id) if one.name == condition.analysis]
    if not versions:
        return Finding(note=f"run {of.run.id} was not analysed")
    newest = versions[-1]
    if newest.result is None:
        return Finding(pending=newest.state in ("queued", "running"), note=newest.error)
    wanted = condition.value.casefold()
    values = AnalysisResult.from_json(newest.result).values
    value = next((one for one in values if one.name.casefold() == wanted), None)
    if value is None:
        return Finding(note=f"{condition.analysis} has {', '.join(repr(one.name) for one in values)}")
    return Finding(value=value.value, unit=value.unit, note=value.note)
