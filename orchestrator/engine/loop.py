"""The loop of one instrument: observe, read, decide, act; then sleep on the laboratory's clock."""

from __future__ import annotations

import asyncio
import logging

import sqlalchemy as sa

from drivers.contracts import Capabilities, ChannelState, ChannelStatus, Cycler, Identity, TestHandle
from drivers.errors import DriverError
from orchestrator.clock import Clock, Sleeper
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.engine import instrument_changes, run_changes
from orchestrator.engine.decide import decide
from orchestrator.engine.known import ActiveRun, PlanCache, active_runs
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
_ROWS_PER_READ = 20_000  # an order waits for one read at most
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
        self._lab = lab
        self.place = place
        self._cycler = cycler
        self._database = database
        self._writer = writer
        self._clock = clock
        self._worker = InstrumentWorker(place.name)
        self._performer = Performer(place.name, cycler, self._worker, writer, database, clock, epoch)
        self._observed = Observations(clock.now(), place.lost_after_s)
        self._plans = PlanCache()
        self._sleeper: Sleeper | None = None
        self._ordered = False
        self._drained: set[int] = set()
        self._driven: set[str] = set()

    def wake(self) -> None:
        """Look at once: an order has been given."""
        self._ordered = True
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
            hurry = await self.tick()
        except StoreUnavailable as error:
            # Nothing is lost: cursors move only with a commit, and the instrument keeps what was not stored.
            _LOG.error("%s: %s", self.place.name, error)
            hurry = True
        return min(self.place.poll_s, _LOOK_AGAIN_S) if hurry else self.place.poll_s

    async def tick(self) -> bool:
        """Observe, read, decide, act. Returns True when something is under way that wants an early next look."""
        self._ordered = False
        await self._observe()
        runs = await self._known()
        unread = await self._read(runs)
        for _ in range(_DECISIONS_MAX):
            runs = await self._known()
            if not await self._act(runs):
                break
        return unread or self._ordered or self._under_way(runs)

    async def stop_all(self) -> bool:
        """Stop every channel that carries a test of ours; needs no database. True when the instrument took it all."""
        done = [await self._performer.stop_untracked(channel) for channel in sorted(self._driven)]
        return all(done)

    async def _observe(self) -> None:
        try:
            statuses = await self._worker.call(self._cycler.observe)
        except DriverError as error:
            news = self._observed.failed(str(error))
            if news:
                _LOG.warning("%s: %s", self.place.name, error)
            self._writer.post(instrument_changes.instrument_silent(self.place, str(error), news, self._clock.now()))
            return
        now = self._clock.now()
        arrival = await self._worker.call(self._arrival) if self._observed.succeeded(statuses, now) else None
        self._writer.post(instrument_changes.observed(self._lab, self.place, statuses, arrival, now))

    def _arrival(self) -> tuple[Identity, dict[str, Capabilities]]:
        """Who answers and what its channels can do; in the instrument's thread."""
        abilities = {channel: self._cycler.capabilities(channel) for channel in self._cycler.channels()}
        return self._cycler.identify(), abilities

    async def _known(self) -> list[ActiveRun]:
        def load() -> list[ActiveRun]:
            with reading(self._database) as connection:
                return active_runs(connection, self.place.name, self._plans)

        runs = await asyncio.to_thread(load)
        self._driven = {run.channel for run in runs if run.view.state not in (RunState.QUEUED, RunState.WAITING)}
        return runs

    def _status(self, run: ActiveRun) -> ChannelStatus | None:
        return (self._observed.statuses or {}).get(run.channel)

    async def _read(self, runs: list[ActiveRun]) -> bool:
        """Read new records of every run whose test has a name. Returns True when some were left for the next tick."""
        if self._observed.statuses is None:
            return False
        left = [await self._read_run(run) for run in runs if run.view.segment.test_id is not None]
        return any(left)

    async def _read_run(self, run: ActiveRun) -> bool:
        segment, status = run.view.segment, self._status(run)
        if status is not None and status.test_id == segment.test_id and (status.records or 0) <= segment.stored:
            return False
        self._drained.discard(segment.id)
        handle = TestHandle(run.channel, segment.tag, segment.test_id)
        cursor = run.cursor
        while True:
            try:
                batch = await self._worker.call(self._cycler.read, handle, cursor, _ROWS_PER_READ)
            except DriverError as error:
                _LOG.warning("%s/%s: records cannot be read: %s", self.place.name, run.channel, error)
                return True
            if len(batch):
                await self._writer.record(run.view.id, segment.id, batch)
            else:
                self._drained.add(segment.id)
            for problem in batch.problems:
                self._writer.post(run_changes.note(run, self.place.name, problem, self._clock.now()))
            cursor = batch.cursor
            if not batch.more or self._ordered:
                return batch.more

    async def _act(self, runs: list[ActiveRun]) -> bool:
        """Ask ``decide`` about every run once and do what it says. Returns True when anything was done."""
        done = False
        for run in runs:
            seen = self._observed.of(run.channel, drained=run.view.segment.id in self._drained)
            actions = decide(run.view, seen, self._clock.now())
            if not actions:
                continue
            done = True
            await self._performer.carry_out(run, actions)
        return done

    def _under_way(self, runs: list[ActiveRun]) -> bool:
        for run in runs:
            status = self._status(run)
            if run.view.state in _PASSING or run.view.intents:
                return True
            if run.view.state is RunState.RUNNING and status is not None and status.state in _OVER:
                return True
        return False
