"""A campaign on a NEWARE, a VSP-300 and a chamber, handed in again and again, and the person who attends to it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner

from orchestrator.campaigns.scan import scan
from orchestrator.cli import cellbench
from orchestrator.interlocks.trip_changes import acknowledge
from orchestrator.store.campaign_tables import campaigns
from orchestrator.store.campaigns import ENDED
from orchestrator.store.prompts import answer_prompt
from orchestrator.store.tables import analyses, prompts, runs, trips
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from tests.soak.campaign_file import CELL_OF, OVEN, write_campaign
from tests.soak.jobs import SoakJob, soak_jobs

__all__ = ["Campaign", "make_bench"]

CELL = {"material": "sio_c_l", "active_mass_g": 0.002753, "area_cm2": 1.131}
_RUN_OVER = ("completed", "stopped", "failed")
_HAND_IN_AGAIN_S = 0.5
_PERSON = "anna"


def make_bench(folder: Path, web_port: int, database: str | None) -> VirtualBench:
    """Five cells on a NEWARE, three on a VSP-300; two of these in a chamber. ``database``: None: a file."""
    cells: dict[str, dict[str, object]] = {bench: {**CELL, "seed": seed} for seed, bench in enumerate(CELL_OF, start=1)}
    for bench in ("P1", "P2"):
        cells[bench]["chamber"] = OVEN
    elsewhere = {} if database is None else {"database": database}
    return VirtualBench(
        folder,
        cells,
        **elsewhere,
        poll="5 min",
        chamber_poll="2 min",
        lost_after="4 h",
        speed_without_node=20.0,
        options={OVEN: {"park": "22 degC"}, "vsp-1": {"poll": "2 min"}},
        lab={
            "interlocks": [{"when": {"cell": "A5", "current": "above 5 mA"}, "do": "stop", "alarm": "warning"}],
            "web": {"port": web_port},
        },
    )


@dataclass
class Campaign:
    """One after the other, until nobody wants another. What is under way, the database knows."""

    bench: VirtualBench
    did: Counter[str] = field(default_factory=Counter)
    """What the person has done."""
    rounds: int = 0
    """Campaigns that are over."""
    _paused: set[int] = field(default_factory=set)
    _hand_in_at_s: float = 0.0

    def __post_init__(self) -> None:
        self.file = write_campaign(self.bench.folder / "campaign")
        for place, cell in CELL_OF.items():
            self.bench.add_cell(cell, place)

    def tend(self, *, more: bool) -> bool:
        """Do what there is to do now; True when no campaign is left and no ``more`` are wanted."""
        self._acknowledge()
        number = self.under_way()
        if number is None:
            if more:
                self._hand_in()
            return not more
        for job in soak_jobs(self.bench, number):
            self._attend(job)
        self._answer()
        return False

    def under_way(self) -> int | None:
        """The campaign that has not ended."""
        with reading(self.bench.engine) as connection:
            states = {row.id: row.state for row in connection.execute(sa.select(campaigns.c.id, campaigns.c.state))}
        self.rounds = sum(state in ENDED for state in states.values())
        return next((number for number, state in states.items() if state not in ENDED), None)

    def unfinished(self) -> list[str]:
        """Jobs that are not over, with what is known of them."""
        return [
            f"{job.step} of {job.cell} is {job.state} ({job.reason}), run {job.run} {job.run_state} ({job.run_reason})"
            for job in soak_jobs(self.bench, self.under_way())
            if job.state in ("waiting", "asking", "running")
        ]

    def analysed(self) -> bool:
        """Whether no analysis is queued or under way."""
        busy = sa.select(sa.func.count()).select_from(analyses).where(analyses.c.state.in_(("queued", "running")))
        with reading(self.bench.engine) as connection:
            return connection.scalar(busy) == 0

    def _hand_in(self) -> None:
        """At the prompt; where the web process does not answer, again a little later."""
        if time.monotonic() < self._hand_in_at_s:
            return
        arguments = ["campaign", "start", str(self.file), "--as", _PERSON, "--lab", str(self.bench.lab.path)]
        told = CliRunner().invoke(cellbench, arguments)
        if told.exit_code == 0:
            self._make_start_fail()
        elif "not reachable" not in told.output and "does not answer" not in told.output:
            raise AssertionError(f"the campaign was refused: {told.output}")
        self._hand_in_at_s = time.monotonic() + _HAND_IN_AGAIN_S

    def _make_start_fail(self) -> None:
        if self.rounds % 2 == 0:  # a start that gets lost, and is given again under a new tag
            self.bench.control.fault("bts-1", "start", "drop_request", 2)

    def _attend(self, job: SoakJob) -> None:
        """Orders of a person: one run is paused once and goes on, two are stopped; a cell is looked at and scanned."""
        if job.asks:
            with writing(self.bench.engine) as connection:
                now = self.bench.control.now()
                self.did["scan"] += scan(connection, job.campaign, job.cell, None, actor=_PERSON, now=now) is None
        if job.run is None:
            return
        if job.step == "short" and job.run_state == "running" and job.run not in self._paused:
            self._paused.add(job.run)
            self._want(job.run, "pause")
        elif job.step == "short" and job.run_state == "paused" and job.run_desired == "pause":
            self._want(job.run, "run")
        elif job.step in ("stopped", "linked") and job.run_state == "running" and job.run_desired != "stop":
            self._want(job.run, "stop")

    def _want(self, run: int, desired: str) -> None:
        self.bench.want(run, desired)
        self.did[desired] += 1

    def _answer(self) -> None:
        asked = sa.select(prompts.c.run_id, prompts.c.item).where(prompts.c.answered_unix_s.is_(None))
        with reading(self.bench.engine) as connection:
            found = connection.execute(asked).all()
        for run, item in found:
            with writing(self.bench.engine) as connection:
                self.did["answer"] += answer_prompt(connection, run, item, by=_PERSON, now=self.bench.control.now())

    def _acknowledge(self) -> None:
        """Acknowledge the trips whose run has stopped."""
        query = sa.select(trips.c.id, runs.c.state).outerjoin(runs, runs.c.id == trips.c.run_id)
        query = query.where(trips.c.latches, trips.c.acknowledged_unix_s.is_(None))
        with reading(self.bench.engine) as connection:
            latched = connection.execute(query).all()
        for trip in latched:
            if trip.state in (*_RUN_OVER, None):
                with writing(self.bench.engine) as connection:
                    now = self.bench.control.now()
                    acknowledge(connection, trip.id, by=_PERSON, reason="it was meant", now=now)
                self.did["acknowledge"] += 1
