"""The queue as the API and the page show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from orchestrator.campaigns.forecast import Slot
from orchestrator.config import Lab
from orchestrator.launch.latched_trip import latched_at
from orchestrator.run_state import RunState
from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.campaigns import ENDED
from orchestrator.web.forecast_view import Ahead, look_ahead
from orchestrator.web.models.queue import ChannelQueue, QueueAnswer, QueuedJob, QueuedRun
from orchestrator.web.models.run import RunAnswer
from orchestrator.web.prompts_view import open_prompts
from orchestrator.web.service import Service

__all__ = ["queue_answer"]

_HAS_NOT_BEGUN = (RunState.QUEUED, RunState.WAITING)


@dataclass
class _Place:
    instrument: str | None
    channel: str | None
    chamber: str | None
    runs: list[QueuedRun] = field(default_factory=list)
    jobs: list[QueuedJob] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What campaigns say of what waits."""

    called: Mapping[int, str]
    """Names, by campaign."""
    campaigns: Mapping[int, str | None]
    """Why a campaign waits, by its number."""
    jobs: Mapping[tuple[int, str, str], str | None]
    """Why a job waits, by campaign, step and cell."""

    def asked(self, slot: Slot) -> bool:
        """Whether a person has been asked already: then it stands among the prompts."""
        work = slot.work
        return work.by_hand and work.job_id is not None and (work.campaign_id, work.step, work.cell_id) not in self.jobs


def queue_answer(connection: Connection, service: Service, now_unix_s: float) -> QueueAnswer:
    """Every channel on which something runs or waits, in the order of the lab file; prompts first."""
    ahead = look_ahead(connection, service, now_unix_s)
    of_campaign = _campaigns_of_runs(connection)
    waiting = _waiting(connection)
    places: dict[str, _Place] = {}
    for run in ahead.runs:
        name = run.bench or f"{run.instrument}/{run.channel}"
        place = places.setdefault(name, _Place(run.instrument, run.channel, run.chamber))
        place.runs.append(_run(run, ahead, of_campaign.get(run.id)))
    nowhere: list[QueuedJob] = []
    before: dict[tuple[int, str], str] = {}
    for slot in ahead.slots:
        mine = (slot.work.campaign_id, slot.work.cell_id)
        earlier = before.get(mine)
        before[mine] = slot.work.step
        if slot.work.run_id is not None or waiting.asked(slot):
            continue
        job = _job(slot, waiting, earlier)
        (nowhere if job.bench is None else _place_of(places, service.lab, job.bench).jobs).append(job)
    return QueueAnswer(
        now_unix_s=now_unix_s,
        prompts=open_prompts(connection, service.lab),
        channels=[_channel(connection, service.lab, name, places[name]) for name in _in_order(service.lab, places)],
        jobs=nowhere,
    )


def _run(run: RunAnswer, ahead: Ahead, campaign_id: int | None) -> QueuedRun:
    start, end = ahead.times[run.id]
    begun = ahead.begun[run.id]
    return QueuedRun(
        run_id=run.id,
        protocol=run.protocol,
        cell=run.cell,
        state=run.state,
        desired=run.desired,
        begun=begun,
        may_move=run.state == RunState.QUEUED and not begun,
        why=_why(run),
        batch_id=run.batch_id,
        campaign_id=campaign_id,
        fraction=run.progress.fraction,
        start_unix_s=start,
        end_unix_s=end,
    )


def _why(run: RunAnswer) -> str | None:
    if run.state == RunState.QUEUED and run.desired == "pause":
        return "paused; resume lets it begin"
    if run.state == RunState.QUEUED and run.reason is None:
        return "begins as soon as the node looks at its channel"
    return run.reason


def _job(slot: Slot, waiting: _Waiting, earlier: str | None) -> QueuedJob:
    """``earlier``: the step before it of the same cell that is not over."""
    work = slot.work
    key = (work.campaign_id, work.step, work.cell_id)
    why = waiting.jobs.get(key) or (f"comes after {earlier} of the same cell" if earlier else None)
    why = why or waiting.campaigns.get(work.campaign_id)
    return QueuedJob(
        campaign_id=work.campaign_id,
        campaign=waiting.called.get(work.campaign_id, ""),
        step=work.step,
        cell=work.cell_id,
        bench=work.candidates[0] if len(work.candidates) == 1 and not work.by_hand else None,
        why=why or "begins as soon as the node looks at it",
        start_unix_s=slot.start_unix_s,
        end_unix_s=slot.end_unix_s,
    )


def _campaigns_of_runs(connection: Connection) -> Mapping[int, int]:
    query = select(campaign_jobs.c.run_id, campaign_jobs.c.campaign_id).where(campaign_jobs.c.state == "running")
    return {row.run_id: row.campaign_id for row in connection.execute(query) if row.run_id is not None}


def _waiting(connection: Connection) -> _Waiting:
    """A campaign that has not begun has no jobs yet: its own reason counts."""
    going = connection.execute(
        select(*campaigns.c["id", "name", "reason"]).where(campaigns.c.state.not_in(ENDED))
    ).all()
    jobs = connection.execute(
        select(*campaign_jobs.c["campaign_id", "step", "cell_id", "reason"]).where(
            campaign_jobs.c.state == "waiting", campaign_jobs.c.campaign_id.in_([row.id for row in going])
        )
    )
    return _Waiting(
        {row.id: row.name for row in going},
        {row.id: row.reason for row in going},
        {(row.campaign_id, row.step, row.cell_id): row.reason for row in jobs},
    )


def _place_of(places: dict[str, _Place], lab: Lab, name: str) -> _Place:
    bench = lab.benches.get(name)
    known = (None, None, None) if bench is None else (bench.instrument, bench.channel, bench.chamber)
    return places.setdefault(name, _Place(*known))


def _in_order(lab: Lab, places: Mapping[str, _Place]) -> Sequence[str]:
    known = {name: number for number, name in enumerate(lab.benches)}
    return sorted(places, key=lambda name: (known.get(name, len(known)), name))


def _channel(connection: Connection, lab: Lab, name: str, place: _Place) -> ChannelQueue:
    trip = None
    if place.instrument is not None and place.channel is not None:
        cell = place.runs[0].cell if place.runs else ""
        latched = latched_at(connection, lab, place.instrument, place.channel, cell)
        trip = None if latched is None else f"{latched} has not been acknowledged: nothing begins here"
    return ChannelQueue(
        place=name,
        instrument=place.instrument,
        channel=place.channel,
        chamber=place.chamber,
        trip=trip,
        runs=place.runs,
        jobs=place.jobs,
    )
