"""One chamber's loop on a chamber in memory and a clock that tests move: look by look, and begun anew at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from drivers.contracts import ChamberState, ChamberStatus, Identity
from drivers.errors import DriverError, Unreachable
from orchestrator.config import Lab, read_lab
from orchestrator.engine.chambers.loop import ChamberLoop
from orchestrator.engine.instrument_changes import lab_known
from orchestrator.engine.known import active_runs
from orchestrator.engine.lease import Lease, take_lease
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.engine.writer import Writer
from orchestrator.launch import LaunchRequest, launch_together
from orchestrator.store.chambers import ChamberRow, find_chamber
from orchestrator.store.database import open_database
from orchestrator.store.recorder import Recorder
from orchestrator.store.tables import alarms, events, intents, latest, runs
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.engine.engine_bench import ManualClock
from tests.orchestrator.fake_cycler import FakeCycler
from tests.orchestrator.launch.bench_lab import fill

LAB = """
lab: oven bench
web: {login: off}
clock: lab://127.0.0.1:7701
instruments:
  bts-1:
    {driver: neware, address: '192.0.2.10:502', time_zone: Asia/Shanghai, step_dir: steps, lost_after: 60 s,
     remote_step_dir: 'D:\\steps', channel: {voltage: [-5 V, 5 V], current: 50 mA}}
  oven-1: {driver: watlow-f4t, address: 192.0.2.20, temperature: [-20 degC, 80 degC], park: 22 degC, lost_after: 60 s}
  oven-2: {driver: watlow-f4t, address: 192.0.2.21}
benches:
  A1: {channel: bts-1/27-21-1-1, chamber: oven-1}
  A2: {channel: bts-1/27-21-1-2, chamber: oven-1}
  A3: {channel: bts-1/27-21-1-3, chamber: oven-2}
  A4: {channel: bts-1/27-21-1-4}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""
PROTOCOL = """
cellbench: 1
protocol: at-forty
parameters: {to: 40 degC}
limits: {voltage: [-0.05 V, 2 V], current: 20 mA, temperature: [-90 degC, 160 degC]}
record: {every: 1 s}
steps:
  - temperature: {to: $to, within: 0.5 K, soak: 60 s, give_up_after: 1 h}
  - rest: 1 h
"""


@dataclass
class FakeChamber:
    """A chamber that is where it is told to be, at once, unless something is the matter with it."""

    status: ChamberStatus = field(default_factory=lambda: ChamberStatus(ChamberState.RUNNING, "auto", 25.0, 25.0))
    taken: list[float] = field(default_factory=list)
    silence: DriverError | None = None
    refusal: DriverError | None = None
    before_taking: Callable[[], None] = lambda: None
    stops: int = 0
    disturbed: int = 0
    """How many of the next exchanges fail."""
    asked: int = 0

    def identify(self) -> Identity:
        self._answer()
        return Identity("Fake", "oven", "memory")

    def limits_degC(self) -> tuple[float, float]:
        return -30.0, 90.0

    def observe(self) -> ChamberStatus:
        self._answer()
        return self.status

    def set_temperature(self, target_degC: float, ramp_K_per_min: float | None = None) -> None:
        self._answer()
        self.before_taking()
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(target_degC)
        self.status = replace(self.status, process_degC=target_degC, set_point_degC=target_degC)

    def stop(self) -> None:
        self.stops += 1

    def close(self) -> None:
        return

    def _answer(self) -> None:
        self.asked += 1
        if self.disturbed:
            self.disturbed -= 1
            raise Unreachable("the reply is cut off")
        if self.silence is not None:
            raise self.silence


@dataclass
class ChamberBench:
    """A lab in a folder with an oven and two cells in it."""

    folder: Path
    chamber: FakeChamber = field(default_factory=FakeChamber)
    clock: ManualClock = field(default_factory=ManualClock)
    woken: list[str] = field(default_factory=list)
    lab: Lab = field(init=False)
    database: sa.Engine = field(init=False)
    loop: ChamberLoop = field(init=False)
    _recorder: Recorder | None = None
    _lease: Lease | None = None

    def __post_init__(self) -> None:
        path = self.folder / "lab.yaml"
        path.write_text(LAB, encoding="utf-8")
        self.lab = read_lab(path)
        fill(self.lab)
        self.database = open_database(self.lab.database_url)

    def node(self) -> ChamberLoop:
        """A new process, whatever became of the one before."""
        self.kill()
        place = self.lab.chambers["oven-1"]
        self._recorder = Recorder(self.database)
        self._lease = take_lease(self.database, place.name, place.address, self.clock.now())
        self._recorder.write(lab_known(self.lab)).result()
        writer = Writer(self._recorder)
        self.loop = ChamberLoop(
            self.lab, place, self.chamber, self.database, writer, self.clock, self._lease, self.woken.append
        )
        return self.loop

    def kill(self) -> None:
        if self._recorder is not None and self._lease is not None:
            self._recorder.close()
            self._lease.release()
            self.loop._worker.close()
        self._recorder = self._lease = None

    def close(self) -> None:
        self.kill()
        self.database.dispose()

    def tick(self, seconds: float = 10.0) -> float:
        """Let time pass and look once; returns when the next look is due."""
        self.clock.unix_s += seconds
        return asyncio.run(self.loop.tick())

    def launch(self, source: str = PROTOCOL, **parameters: str) -> int:
        requests = [LaunchRequest("at-forty", "L1", "A1", source=source, parameters=parameters)]
        with writing(self.database) as connection:
            [run] = launch_together(connection, self.lab, lambda _: FakeCycler(), requests, self.clock.now(), "anna")
        return run.run_id

    def write(self, *statements: Any) -> None:
        with writing(self.database) as connection:
            for statement in statements:
                connection.execute(statement)

    def run(self, run_id: int = 1) -> Mapping[str, Any]:
        with reading(self.database) as connection:
            return dict(connection.execute(sa.select(runs).where(runs.c.id == run_id)).mappings().one())

    def blocked(self) -> str | None:
        """Why the run may not start, or go on with, its segment, as its channel's loop sees it."""
        with reading(self.database) as connection:
            [run] = active_runs(connection, "bts-1", PlanCache(), lambda _: 0.0).runs
        return run.view.blocked_by

    def row(self) -> ChamberRow:
        with reading(self.database) as connection:
            found = find_chamber(connection, "oven-1")
        assert found is not None
        return found

    def intents(self) -> list[tuple[str, str | None, str | None]]:
        """Action, plan item and outcome of every intent."""
        query = sa.select(intents.c.action, intents.c.detail, intents.c.outcome).order_by(intents.c.id)
        with reading(self.database) as connection:
            return [tuple(row) for row in connection.execute(query)]

    def alarms(self) -> list[str]:
        """Messages of the open alarms."""
        query = sa.select(alarms.c.message).where(alarms.c.cleared_unix_s.is_(None)).order_by(alarms.c.id)
        with reading(self.database) as connection:
            return list(connection.execute(query).scalars())

    def told(self) -> list[str]:
        """What the event log says of the chamber."""
        query = sa.select(events.c.message).where(events.c.kind == "chamber").order_by(events.c.id)
        with reading(self.database) as connection:
            return list(connection.execute(query).scalars())

    def channels(self, state: str, age_s: float = 0.0) -> None:
        """Both channels were seen in this state."""
        seen = {"observed_unix_s": self.clock.now() - age_s, "state": state, "native_state": state}
        rows = [{"instrument": "bts-1", "channel": f"27-21-1-{number}", **seen} for number in (1, 2)]
        self.write(latest.delete(), latest.insert().values(rows))
