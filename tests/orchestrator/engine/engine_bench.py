"""One instrument's loop on a cycler in memory and a clock that tests move: tick by tick, and killed at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from drivers.contracts import Cycler
from orchestrator.config import Lab
from orchestrator.engine.instrument_changes import lab_known
from orchestrator.engine.lease import Lease, take_lease
from orchestrator.engine.loop import InstrumentLoop
from orchestrator.engine.writer import Writer
from orchestrator.launch import LaunchRequest, launch
from orchestrator.store.database import open_database
from orchestrator.store.recorder import Recorder
from orchestrator.store.tables import alarms, events, records, runs, segments
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.fake_cycler import NoPauses
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab

__all__ = ["EngineBench", "ManualClock"]

PROTOCOL = """
cellbench: 1
protocol: two
limits: {voltage: [-0.05 V, 2 V], current: 20 mA}
record: {every: 1 s}
steps:
  - rest: 1 h
"""


@dataclass
class ManualClock:
    """Time that passes when a test says so."""

    unix_s: float = NOW + 100.0
    stepped_s: float = 0.0
    """By how much somebody has set the wall clock forward."""

    def now(self) -> float:
        return self.unix_s + self.stepped_s

    def monotonic(self) -> float:
        return self.unix_s - NOW

    def sleeper(self, name: str) -> Any:
        raise AssertionError("ticks are given by hand here")

    async def close(self) -> None:
        return


@dataclass
class EngineBench:
    """A lab in a folder; ``node()`` gives the loop of a new process, ``kill()`` takes it away without a word."""

    folder: Path
    cycler: NoPauses
    clock: ManualClock = field(default_factory=ManualClock)
    lab: Lab = field(init=False)
    database: sa.Engine = field(init=False)
    loop: InstrumentLoop = field(init=False)
    _recorder: Recorder | None = None
    _lease: Lease | None = None

    def __post_init__(self) -> None:
        self.lab = make_lab(self.folder)
        fill(self.lab)
        self.database = open_database(self.lab.database_url)

    def node(self) -> InstrumentLoop:
        """A new process."""
        place = self.lab.instruments["bts-1"]
        self._recorder = Recorder(self.database)
        self._lease = take_lease(self.database, place.name, place.address, self.clock.now())
        self._recorder.write(lab_known(self.lab)).result()
        writer = Writer(self._recorder)
        cycler: Cycler = self.cycler
        self.loop = InstrumentLoop(self.lab, place, cycler, self.database, writer, self.clock, self._lease)
        return self.loop

    def kill(self) -> None:
        """The process is gone; the instrument goes on."""
        if self._recorder is not None and self._lease is not None:
            self._recorder.close()
            self._lease.release()
        self._recorder = self._lease = None

    def close(self) -> None:
        self.kill()
        self.database.dispose()

    def tick(self, seconds: float = 1.0) -> float:
        """Let time pass and tick once; returns when the next tick is due."""
        self.clock.unix_s += seconds
        return asyncio.run(self.loop.tick())

    def launch(self, source: str = PROTOCOL, channel: str = "1") -> int:
        request = LaunchRequest("two", "L1", f"bts-1/{channel}", source=source)
        with writing(self.database) as connection:
            return launch(connection, self.lab, lambda _: self.cycler, request, self.clock.now(), "anna").run_id

    def run(self, run_id: int = 1) -> Mapping[str, Any]:
        return self._row(sa.select(runs).where(runs.c.id == run_id))

    def segment(self, number: int = 0) -> Mapping[str, Any]:
        return self._row(sa.select(segments).where(segments.c.number == number).order_by(segments.c.id).limit(1))

    def stored(self) -> list[int]:
        """Sequence numbers in the database."""
        with reading(self.database) as connection:
            return list(connection.execute(sa.select(records.c.seq).order_by(records.c.seq)).scalars())

    def settled(self) -> None:
        """Wait for what the engine has posted."""
        if self._recorder is not None:
            self._recorder.write(lambda _: None).result()

    def told(self, kind: str) -> list[str]:
        """Messages of the event log."""
        query = sa.select(events.c.message).where(events.c.kind == kind).order_by(events.c.id)
        self.settled()
        with reading(self.database) as connection:
            return list(connection.execute(query).scalars())

    def alarms(self) -> list[str]:
        self.settled()
        with reading(self.database) as connection:
            return list(connection.execute(sa.select(alarms.c.message).order_by(alarms.c.id)).scalars())

    def change(self, statement: sa.Update) -> None:
        with writing(self.database) as connection:
            connection.execute(statement)

    def _row(self, query: sa.Select[Any]) -> Mapping[str, Any]:
        with reading(self.database) as connection:
            return dict(connection.execute(query).mappings().one())
