"""The engine's bench with an interlock watch, and the keeper of its trips."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from drivers.contracts import Capabilities, ChannelState, ChannelStatus
from drivers.errors import Unreachable
from orchestrator.config import read_lab
from orchestrator.engine.writer import Writer
from orchestrator.interlocks.keeper import TripKeeper
from orchestrator.interlocks.trip_changes import acknowledge
from orchestrator.interlocks.watch import InterlockWatch
from orchestrator.store.tables import runs
from orchestrator.store.transactions import reading, writing
from orchestrator.store.trips import TripRow, list_trips
from tests.orchestrator.engine.engine_bench import EngineBench
from tests.orchestrator.fake_cycler import FakeCycler

__all__ = ["InterlockBench", "Pauses"]


@dataclass
class Pauses(FakeCycler):
    """A cycler that can pause, and whose line can be cut."""

    cut: bool = False

    def capabilities(self, channel: str) -> Capabilities:
        return replace(super().capabilities(channel), pause="now")

    def pause(self, channel: str) -> None:
        self.orders.append("pause")
        self.status = replace(self.status, state=ChannelState.PAUSED)

    def observe(self) -> dict[str, ChannelStatus]:
        if self.cut:
            raise Unreachable("no route")
        return {"1": self.status}


@dataclass
class InterlockBench(EngineBench):
    """With an interlock watch, and the keeper of its trips."""

    watch: InterlockWatch | None = None
    keeper: TripKeeper | None = None

    def begin(self, *interlocks: str) -> None:
        if interlocks:
            path = self.lab.path
            listed = "".join(f"  - {one}\n" for one in interlocks)
            path.write_text(path.read_text(encoding="utf-8") + "interlocks:\n" + listed, encoding="utf-8")
            self.lab = read_lab(path)
        self.node()
        self.watch = InterlockWatch(self.lab, self.clock)
        self.loop._interlocks = self.watch
        self.watch.attach("bts-1", self.loop.tripped)
        assert self._recorder is not None
        self.keeper = TripKeeper(self.lab, self.watch, self.database, Writer(self._recorder))
        asyncio.run(self.keeper.begin())

    def keep(self) -> None:
        assert self.keeper is not None
        asyncio.run(self.keeper.keep())

    def trips(self, *, open_only: bool = True) -> list[TripRow]:
        with reading(self.database) as connection:
            return list_trips(connection, open_only=open_only)

    def acknowledge(self, trip_id: int) -> None:
        with writing(self.database) as connection:
            acknowledge(connection, trip_id, by="anna", reason="clip replaced", now=self.clock.now())
        self.keep()

    def running(self) -> None:
        """Launch run 1 and see it running."""
        self.launch()
        self.tick()
        self.tick()
        assert self.run()["state"] == "running"

    def want(self, desired: str) -> None:
        """Order it of run 1, as the API does."""
        with writing(self.database) as connection:
            connection.execute(runs.update().values(desired=desired))

    def measure(self, **facts: object) -> None:
        self.cycler.status = replace(self.cycler.status, **facts)  # type: ignore[arg-type]
