"""A campaign in miniature: what its database holds, benches that others may have, people, and a node that may die.

Runs are names with a state; ``look`` decides and carries out as a node does, all of a decision or, where it dies before
the commit, nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from orchestrator.campaigns import actions as act
from orchestrator.campaigns.decide_campaign import decide_campaign
from orchestrator.campaigns.definition import Campaign, Step
from orchestrator.campaigns.seats import SeatRequest, grant_seats
from orchestrator.campaigns.view import CampaignView, Finding, JobView, RunSeen
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.calendar import Due

ENDED = ("completed", "stopped", "failed")
PASSES_MAX = 60


@dataclass
class World:
    """One campaign and everything around it."""

    view: CampaignView
    now: float = 1000.0
    launches: list[tuple[int, str, str]] = field(default_factory=list)
    """Occurrence, step and cell of every run that was ever launched."""
    runs: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By run its bench and cell."""
    seats: dict[tuple[str, str], str] = field(default_factory=dict)
    """By cell and pool the bench."""
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    """By cell and step what its analysis has found; nothing: still to come."""
    obstacles: dict[str, str] = field(default_factory=dict)
    """By bench why nothing can be launched there."""
    told: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, campaign: Campaign) -> World:
        return cls(CampaignView(1, campaign, "run", "waiting", 0, created_unix_s=1000.0))

    # ---- the node

    def look(self, *, dies: bool = False) -> None:
        """Decide and carry out until nothing is left to do; or die before the first commit."""
        for _ in range(PASSES_MAX):
            self._refresh()
            actions = decide_campaign(self.view, self.now)
            if dies or self.view.state in ENDED:
                return
            requests = [SeatRequest(1, one) for one in actions if isinstance(one, act.WantSeats)]
            grants = grant_seats(requests, self._occupied())
            if not grants and all(isinstance(one, act.WantSeats) for one in actions):
                return
            for action in actions:
                self._carry_out(action)
            for grant in grants:
                assert grant.bench not in self.seats.values()
                self.seats[grant.cell_id, grant.pool] = grant.bench
        raise AssertionError(f"goes round in circles: {actions}")

    def _occupied(self) -> dict[str, str]:
        return {bench: cell for (cell, _), bench in self.seats.items()}

    def _refresh(self) -> None:
        jobs = tuple(self._seen(job) for job in self.view.jobs)
        self.view = replace(self.view, jobs=jobs, seats=frozenset(self.seats))

    def _seen(self, job: JobView) -> JobView:
        step = self.view.step(job)
        bench = job.bench or self.seats.get((job.cell_id, step.pool or ""))
        condition = step.when
        finding = self.findings.get((job.cell_id, condition.of), Finding(pending=True)) if condition else None
        return replace(job, bench=bench, finding=finding, obstacle=self.obstacles.get(bench or ""))

    def _carry_out(self, action: act.Action) -> None:  # noqa: C901 - one line for each action
        match action:
            case act.Begin(occurrence):
                steps = self.view.campaign.steps
                pairs = [(step.name, cell) for step in steps for cell in step.cells]
                first = 1000 * occurrence
                jobs = tuple(JobView(first + i, step, cell, "waiting") for i, (step, cell) in enumerate(pairs))
                self.view = replace(self.view, jobs=jobs, occurrence=occurrence, state="running")
            case act.Launch(job_ids):
                self._launch(job_ids)
            case act.FinishJob(job_id, outcome, reason):
                self._change(job_id, state=outcome, reason=reason)
            case act.Ask(job_id, text, bench):
                self._change(job_id, state="asking", prompt=text, bench=bench)
            case act.Explain(job_id, reason):
                self._change(job_id, reason=reason)
            case act.Order(run_id, desired):
                job = self.job_of(run_id)
                assert job.run is not None
                self._change(job.id, run=replace(job.run, desired=desired))
            case act.Want(desired, reason):
                self.view = replace(self.view, desired=desired, reason=reason)
            case act.Transition(state, reason):
                self.view = replace(self.view, state=state, reason=reason)
            case act.Schedule(occurrence, step, cell, due):
                entry = Due(len(self.view.entries) + 1, 1, occurrence, step, cell, due, None, None)
                self.view = replace(self.view, entries=(*self.view.entries, entry))
            case act.Settle(entry_id, outcome):
                entries = [replace(e, outcome=outcome) if e.id == entry_id else e for e in self.view.entries]
                self.view = replace(self.view, entries=tuple(entries))
            case act.ReleaseSeats(cell, pool):
                del self.seats[cell, pool]
            case act.Tell(_, message):
                self.told.append(message)

    def _launch(self, job_ids: tuple[int, ...]) -> None:
        for job_id in job_ids:
            job = next(one for one in self.view.jobs if one.id == job_id)
            assert job.bench is not None
            assert job.state == "waiting"
            run_id = len(self.runs) + 1
            self.runs[run_id] = (job.bench, job.cell_id)
            self.launches.append((self.view.occurrence, job.step, job.cell_id))
            self._change(job_id, state="running", run=RunSeen(run_id, RunState.RUNNING, "run"))

    def _change(self, job_id: int, **values: object) -> None:
        jobs = [replace(job, **values) if job.id == job_id else job for job in self.view.jobs]  # type: ignore[arg-type]
        self.view = replace(self.view, jobs=tuple(jobs))

    # ---- what happens

    def job_of(self, run_id: int) -> JobView:
        return next(job for job in self.view.jobs if job.run is not None and job.run.id == run_id)

    def job(self, step: str, cell: str) -> JobView:
        return next(job for job in self.view.jobs if (job.step, job.cell_id) == (step, cell))

    def active(self) -> list[int]:
        runs = [job.run for job in self.view.jobs if job.run is not None]
        return [run.id for run in runs if run.state not in TERMINAL]

    def run_becomes(self, run_id: int, state: RunState) -> None:
        job = self.job_of(run_id)
        assert job.run is not None
        self._change(job.id, run=replace(job.run, state=state))

    def analysed(self, cell: str, step: str, value: float | None, unit: str = "%") -> None:
        self.findings[cell, step] = Finding(value=value, unit=unit, note=None if value else "cycle 1 is missing")

    def asking(self) -> list[JobView]:
        return [job for job in self.view.jobs if job.state == "asking"]

    def answer(self, job_id: int) -> None:
        self._change(job_id, answered=True)

    def want(self, desired: str) -> None:
        if self.view.desired != "stop":
            self.view = replace(self.view, desired=desired)  # type: ignore[arg-type]

    # ---- what must hold

    def assert_sane(self) -> None:
        active = [self.runs[run_id] for run_id in self.active()]
        assert len({bench for bench, _ in active}) == len(active), "two runs on one bench"
        assert len({cell for _, cell in active}) == len(active), "two runs of one cell"
        assert len(set(self.launches)) == len(self.launches), "launched twice"
        assert len(set(self.seats.values())) == len(self.seats), "two cells on one bench"


def protocol_step(name: str, cells: tuple[str, ...], after: tuple[str, ...], pool: str, **more: object) -> Step:
    return Step(name, 1, cells, after, pool, protocol=name, **more)  # type: ignore[arg-type]
