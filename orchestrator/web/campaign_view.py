"""A campaign as the API shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from orchestrator.campaigns.definition import load_campaign
from orchestrator.campaigns.forecast import Slot
from orchestrator.store.calendar import entries_of
from orchestrator.store.campaign_jobs import Job, jobs_of
from orchestrator.store.campaigns import ENDED, CampaignRow, get_campaign, run_ids
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.tables import runs
from orchestrator.web.campaign_steps import step_answer, timing_answer
from orchestrator.web.forecast_view import look_ahead
from orchestrator.web.models.campaign import CampaignAnswer, CampaignDetail, JobAnswer
from orchestrator.web.refusal import NotFound
from orchestrator.web.service import Service

__all__ = ["campaign_answer", "campaign_detail", "require_campaign"]


def require_campaign(connection: Connection, campaign_id: int) -> CampaignRow:
    """Raises NotFound where there is no such campaign."""
    try:
        return get_campaign(connection, campaign_id)
    except StoreUnavailable:
        raise
    except StoreError as error:
        raise NotFound(str(error)) from error


def campaign_answer(connection: Connection, row: CampaignRow) -> CampaignAnswer:
    """The answer for one campaign."""
    counts: Counter[str] = Counter(job.state for job in jobs_of(connection, row.id, row.occurrence))
    due = (one.due_unix_s for one in entries_of(connection, row.id) if one.outcome is None and not one.step)
    return CampaignAnswer(
        id=row.id,
        name=row.name,
        state=row.state,
        ended=row.state in ENDED,
        desired=row.desired,
        reason=row.reason,
        occurrence=row.occurrence,
        begins_unix_s=min(due, default=None),
        jobs=dict(counts),
        created_unix_s=row.created_unix_s,
        created_by=row.created_by,
        finished_unix_s=row.finished_unix_s,
    )


def campaign_detail(connection: Connection, service: Service, row: CampaignRow, now_unix_s: float) -> CampaignDetail:
    """One campaign with its jobs, each with its run and when it is expected."""
    campaign = load_campaign(row.definition)
    jobs = jobs_of(connection, row.id)
    slots = look_ahead(connection, service, now_unix_s).slots if row.state not in ENDED else []
    expected = {slot.work.job_id: slot for slot in slots if slot.work.job_id is not None}
    states = _run_states(connection, jobs)
    after = None if row.state in ENDED else now_unix_s
    return CampaignDetail(
        **campaign_answer(connection, row).model_dump(),
        description=campaign.description,
        steps=[step_answer(campaign, step, after) for step in campaign.steps],
        timing=timing_answer(campaign.timing, after),
        placed=dict(campaign.placed),
        run_ids=run_ids(connection, row.id),
        table=[_job_answer(job, states, expected.get(job.id)) for job in jobs],
        now_unix_s=now_unix_s,
    )


def _run_states(connection: Connection, jobs: Sequence[Job]) -> Mapping[int, str]:
    wanted = [job.run_id for job in jobs if job.run_id is not None]
    return {
        row.id: row.state for row in connection.execute(select(runs.c.id, runs.c.state).where(runs.c.id.in_(wanted)))
    }


def _job_answer(job: Job, states: Mapping[int, str], slot: Slot | None) -> JobAnswer:
    return JobAnswer(
        id=job.id,
        occurrence=job.occurrence,
        step=job.step,
        cell=job.cell_id,
        state=job.state,
        bench=job.bench or (slot.bench if slot is not None else None),
        run_id=job.run_id,
        run_state=states.get(job.run_id) if job.run_id is not None else None,
        reason=job.reason,
        prompt=job.prompt if job.state == "asking" else None,
        answered_by=job.answered_by,
        started_unix_s=job.started_unix_s,
        finished_unix_s=job.finished_unix_s,
        expected_start_unix_s=slot.start_unix_s if slot is not None and job.started_unix_s is None else None,
        expected_end_unix_s=slot.end_unix_s if slot is not None else None,
    )
