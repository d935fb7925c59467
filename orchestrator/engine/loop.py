"""The loop of one instrument: look, store, decide, act; then sleep on the laboratory's clock."""

from __future__ import annotations

import asyncio
import logging
import threading

import sqlalchemy as sa

from drivers.contracts import ChannelState, ChannelStatus, Cycler
from drivers.errors import DriverError
from orchestrator.clock import Clock, Sleeper
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.engine import instrument_changes, run_changes
from orchestrator.engine.decide import decide
from orchestrator.engine.known import ActiveRun, PlanCache, active_runs
from orchestrator.engine.look import Look, look
from orchestrator.engine.observation import Observations
from orchestrator.engine.perform import Performer
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer
from orchestrator.run_state import RunState
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.transactions import reading

__all__ = ["InstrumentLoop"]

_LOG = logging.getLogger(__name__)
_LOOK_AGAIN_S = 10.0
"""While something is under way (a start, a pause, a stop, the last records) the next look comes at most this late."""
_DECISIONS_MAX = 12
_PASSING = (RunState.STARTING, RunState.PAUSING, RunState.STOPPING)
_OVER = (ChannelState.FINISHED, ChannelState.STOPPED, ChannelState.TRIPPED, ChannelState.IDLE)


class InstrumentLoop:
    """Drives one instrument. One task; blocking calls run in the instrument's own thread."""

    def __init__(
        self,
        lab: Lab,
        place: InstrumentPlace,
        cycler: Cycler,
        database: sa.Engine,
        writer: Writer,
        clock: Clock,
        epoch: int,
    ) -> None:
        self.place = place
        self._lab = lab
        self._cycler = cycler
        self._database = database
        self._writer = writer
        self._clock = clock
        self._worker = InstrumentWorker(place.name)
        self._performer = Performer(place.name, cycler, self._worker, writer, database, clock, epoch)
        self._observed = Observations(clock.now(), place.lost_after_s)
        self._plans = PlanCache()
        self._runs: list[ActiveRun] = []
        self._sleeper: Sleeper | None = None
        self._ordered = threading.Event()
        self._drained: set[int] = set()

    def wake(self) -> None:
        """Look at once: an order has been given."""
        self._ordered.set()
        if self._sleeper is not None:
            self._sleeper.wake()

    async def run(self) -> None:
        """Tick until cancelled."""
        self._sleeper = self._clock.sleeper(self.place.name)
        try:
            while True:
                began = self._clock.now()
                await self._sleeper.sleep_until(began + await self._tick_or_wait())
        finally:
            await self._sleeper.close()
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._worker.close()
        self._cycler.close()

    async def _tick_or_wait(self) -> float:
        """Tick once. Returns after how many seconds the next is due."""
        try:
            return await self.tick()
        except StoreUnavailable as error:
            # Nothing is lost: cursors move only with a commit, and the instrument keeps what was not stored.
            _LOG.error("%s: %s", self.place.name, error)
            return min(self.place.poll_s, _LOOK_AGAIN_S)

    async def tick(self) -> float:
        """Look, store, decide, act. Returns after how many seconds the next tick is due."""
        if not self._runs:
            self._runs = await self._known()
        self._ordered.clear()
        seen = await self._look()
        if seen is not None:
            await self._store(seen)
        for _ in range(_DECISIONS_MAX):
            self._runs = await self._known()
            if not await self._act():
                break
        if self._ordered.is_set() or (seen is not None and seen.unread and not seen.errors):
            return 0.0
        return min(self.place.poll_s, _LOOK_AGAIN_S) if self._under_way() else self.place.poll_s

    async def stop_all(self) -> bool:
        """Stop every channel that carries a test of ours; needs no database. True when the instrument took it all."""
        idle = (RunState.QUEUED, RunState.WAITING)
        driven = sorted({run.channel for run in self._runs if run.view.state not in idle})
        done = [await self._performer.stop_untracked(channel) for channel in driven]
        return all(done)

    async def _look(self) -> Look | None:
        """Look at the instrument; None when it does not answer."""
        arriving = self._observed.statuses is None
        try:
            seen = await self._worker.call(
                lambda: look(self._cycler, self._runs, arriving=arriving, hurry=self._ordered)
            )
        except DriverError as error:
            news = self._observed.failed(str(error))
            if news:
                _LOG.warning("%s: %s", self.place.name, error)
            self._writer.post(instrument_changes.instrument_silent(self.place, str(error), news, self._clock.now()))
            return None
        now = self._clock.now()
        self._observed.succeeded(seen.statuses, now)
        self._writer.post(instrument_changes.observed(self._lab, self.place, seen, now))
        for problem in seen.errors:
            _LOG.warning("%s/%s", self.place.name, problem)
        return seen

    async def _store(self, seen: Look) -> None:
        """Commit the records of this look, each test's together with the cursor behind them."""
        read = {run.view.segment.id for run, _ in seen.batches}
        self._drained = (self._drained - read) | seen.drained
        for run, batch in seen.batches:
            for problem in batch.problems:
                self._writer.post(run_changes.note(run, self.place.name, problem, self._clock.now()))
        await self._writer.record_all([(run.view.id, run.view.segment.id, batch) for run, batch in seen.batches])

    async def _known(self) -> list[ActiveRun]:
        def load() -> list[ActiveRun]:
            with reading(self._database) as connection:
                return active_runs(connection, self.place.name, self._plans)

        return await asyncio.to_thread(load)

    def _status(self, run: ActiveRun) -> ChannelStatus | None:
        return (self._observed.statuses or {}).get(run.channel)

    async def _act(self) -> bool:
        """Ask ``decide`` about every run once and do what it says. Returns True when anything was done."""
        done = False
        for run in self._runs:
            seen = self._observed.of(run.channel, drained=run.view.segment.id in self._drained)
            actions = decide(run.view, seen, self._clock.now())
            if actions:
                done = True
                await self._performer.carry_out(run, actions)
        return done

    def _under_way(self) -> bool:
        """Whether something passes by that the next look should not be late for."""
        for run in self._runs:
            status = self._status(run)
            if run.view.state in _PASSING or run.view.intents:
                return True
            if run.view.state is RunState.RUNNING and status is not None and status.state in _OVER:
                return True
        return False
