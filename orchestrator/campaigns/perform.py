"""Carrying out what ``decide_campaign`` asked for, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, update

from drivers.contracts import Cycler
from drivers.crash_point import reached
from drivers.errors import DriverError
from orchestrator.campaigns import actions as act
from orchestrator.campaigns.consequences import failed
from orchestrator.campaigns.view import CampaignView, JobView
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.crash_points import Point
from orchestrator.launch import LaunchedRun, LaunchHeldUp, LaunchRefused, LaunchRequest, launch_together
from orchestrator.launch.latched_trip import latched_for_run
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.analyses import queue_analysis
from orchestrator.store.calendar import schedule, settle_due, void_entries
from orchestrator.store.campaign_jobs import change_job, insert_jobs
from orchestrator.store.campaign_seats import release_pool_seat
from orchestrator.store.campaign_tables import campaigns
from orchestrator.store.campaigns import ENDED, set_campaign_state
from orchestrator.store.events import append_event
from orchestrator.store.runs import Desired, set_desired
from protocols.errors import ProtocolErrors

__all__ = ["Hand", "Overtaken"]


class Overtaken(Exception):
    """Somebody else has changed the campaign since it was looked at: nothing of this may stay."""


@dataclass(frozen=True)
class Hand:
    """Carries out; every method leaves the commit to the caller."""

    lab: Lab
    cycler_for: Callable[[InstrumentPlace], Cycler]
    connection: Connection
    now: float

    def perform(self, view: CampaignView, actions: Sequence[act.Action]) -> bool:
        """Carry out all of them, seats excepted; True where anything has changed. Raises Overtaken."""
        changed = [self._one(view, action) for action in actions if not isinstance(action, act.WantSeats)]
        return any(changed)

    def _one(self, view: CampaignView, action: act.Action) -> bool:  # noqa: C901, PLR0912 - one line for each action
        match action:
            case act.Launch(job_ids):
                return self._launch(view, [job for job in view.jobs if job.id in job_ids])
            case act.FinishJob():
                self._finish(view, action)
            case act.Ask(job_id, text, bench):
                self._ask(view, job_id, text, bench)
            case act.Explain(job_id, reason):
                change_job(self.connection, job_id, "waiting", reason=reason)
            case act.Begin(occurrence):
                self._begin(view, occurrence)
            case act.Schedule(occurrence, step, cell_id, due_unix_s):
                schedule(self.connection, view.id, occurrence, step, cell_id, due_unix_s)
            case act.Settle(entry_id, outcome):
                self._require(settle_due(self.connection, entry_id, outcome, now=self.now))
            case act.ReleaseSeats(cell_id, pool):
                release_pool_seat(self.connection, view.id, cell_id, pool, now=self.now)
            case act.Order(run_id, desired):
                return self._order(view, run_id, desired)
            case act.Want(desired, reason):
                self._want(view, desired, reason)
            case act.Transition():
                self._transition(view, action)
            case act.Tell(severity, message):
                source = f"campaign {view.id}"
                raise_alarm(self.connection, source=source, message=message, now=self.now, severity=severity)
            case act.ClearAlarm(message):
                clear_alarms(self.connection, source=f"campaign {view.id}", now=self.now, message=message)
        return True

    def _launch(self, view: CampaignView, jobs: Sequence[JobView]) -> bool:
        """The runs, and the note of each at its job: both or neither."""
        try:
            with self.connection.begin_nested():
                launched = self._launched(view, jobs)
        except LaunchHeldUp as error:
            return self._held_up(jobs, str(error))
        except (LaunchRefused, ProtocolErrors, DriverError) as error:
            return self._refused(view, jobs, _one_line(error))
        for job, run in zip(jobs, launched, strict=True):
            self._say(view, f"{job.step} of cell {job.cell_id} is run {run.run_id} at {run.target}", run.run_id)
        return True

    def _launched(self, view: CampaignView, jobs: Sequence[JobView]) -> list[LaunchedRun]:
        requests = [self._request(view, job) for job in jobs]
        actor = f"campaign {view.id}"
        launched = launch_together(self.connection, self.lab, self.cycler_for, requests, self.now, actor)
        reached(Point.CAMPAIGN_LAUNCHED)
        for job, run in zip(jobs, launched, strict=True):
            values = {"run_id": run.run_id, "bench": job.bench, "expected_s": run.plan.estimate.duration_s}
            self._change(job, state="running", started_unix_s=self.now, reason=None, **values)
        return launched

    def _refused(self, view: CampaignView, jobs: Sequence[JobView], reason: str) -> bool:
        """Refused for good: those fail whom it is about; the others are launched without them at the next look."""
        alone = [(job, self._refusal_of(view, job)) for job in jobs] if len(jobs) > 1 else []
        guilty = [(job, why) for job, why in alone if why] or [(job, reason) for job in jobs]
        for job, why in guilty:
            self.perform(view, failed(view, job, why))
        return True

    def _refusal_of(self, view: CampaignView, job: JobView) -> str:
        """Why this one alone would be refused for good; empty: it would not. Nothing of the attempt stays."""
        attempt = self.connection.begin_nested()
        try:
            self._launched(view, [job])
        except LaunchHeldUp:
            return ""
        except (LaunchRefused, ProtocolErrors, DriverError) as error:
            return _one_line(error)
        finally:
            attempt.rollback()
        return ""

    def _held_up(self, jobs: Sequence[JobView], reason: str) -> bool:
        for job in jobs:
            change_job(self.connection, job.id, "waiting", reason=reason)
        return any(job.reason != reason for job in jobs)

    @staticmethod
    def _request(view: CampaignView, job: JobView) -> LaunchRequest:
        step = view.step(job)
        return LaunchRequest(
            protocol=step.protocol or "",
            cell_id=job.cell_id,
            place=job.bench or "",
            source=step.source,
            parameters=step.parameters,
            note=f"campaign {view.id} ({view.campaign.name}), step {step.name}",
        )

    def _finish(self, view: CampaignView, action: act.FinishJob) -> None:
        job = next(one for one in view.jobs if one.id == action.job_id)
        self._change(job, state=action.outcome, reason=action.reason, finished_unix_s=self.now)
        if action.outcome == "done" and job.run is not None:
            for name, options in view.step(job).analyses.items():
                queue_analysis(self.connection, job.run.id, name, options, now=self.now)
        why = f": {action.reason}" if action.reason else ""
        run_id = job.run.id if job.run is not None else None
        self._say(view, f"{job.step} of cell {job.cell_id} {action.outcome}{why}", run_id)

    def _ask(self, view: CampaignView, job_id: int, text: str, bench: str | None) -> None:
        job = next(one for one in view.jobs if one.id == job_id)
        self._change(job, state="asking", prompt=text, bench=bench, reason=text, started_unix_s=self.now)
        self._say(view, f"asks: {text}", None)

    def _begin(self, view: CampaignView, occurrence: int) -> None:
        campaign = view.campaign
        jobs = [
            (step.name, cell, expected.duration_s if expected else None)
            for step in campaign.steps
            for cell in step.cells
            for expected in [campaign.expected.get(step.name, {}).get(cell)]
        ]
        insert_jobs(self.connection, view.id, occurrence, jobs)
        set_campaign_state(self.connection, view.id, "running", now=self.now, occurrence=occurrence)

    def _order(self, view: CampaignView, run_id: int, desired: Desired) -> bool:
        trip = latched_for_run(self.connection, self.lab, run_id) if desired == "run" else None
        if trip is not None:
            self._say(view, f"run {run_id} stays paused: {trip} has not been acknowledged", run_id)
            return False
        return set_desired(self.connection, run_id, desired, actor=f"campaign {view.id}", now=self.now)

    def _want(self, view: CampaignView, desired: Desired, reason: str) -> None:
        change = update(campaigns).where(campaigns.c.id == view.id, campaigns.c.desired != "stop")
        self.connection.execute(change.values(desired=desired, reason=reason))
        self._say(view, f"{desired}, by its own rule: {reason}", None)

    def _transition(self, view: CampaignView, action: act.Transition) -> None:
        set_campaign_state(self.connection, view.id, action.state, now=self.now, reason=action.reason)
        if action.state in ENDED:
            void_entries(self.connection, view.id, now=self.now)

    def _change(self, job: JobView, **values: object) -> None:
        self._require(change_job(self.connection, job.id, job.state, **values))

    def _require(self, done: bool) -> None:
        if not done:
            raise Overtaken

    def _say(self, view: CampaignView, message: str, run_id: int | None) -> None:
        append_event(
            self.connection,
            now=self.now,
            actor=f"campaign {view.id}",
            kind="campaign",
            message=f"campaign {view.id}: {message}",
            run_id=run_id,
            data={"campaign": view.id},
        )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
