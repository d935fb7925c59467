"""The loop of one instrument: obey, look, store, decide, act; then sleep on the laboratory's clock."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import replace

import sqlalchemy as sa

from drivers.contracts import Capabilities, ChannelId, Cycler, PacesLooks
from drivers.crash_point import reached
from drivers.errors import DriverError
from orchestrator.clock import Clock, Sleeper
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.crash_points import Point
from orchestrator.engine import instrument_changes, record_changes, run_changes
from orchestrator.engine.actions import Action, Advance, FinishSegment, Stop, Transition
from orchestrator.engine.conclusions import ENDED
from orchestrator.engine.decide import decide
from orchestrator.engine.decide_task import decide_task
from orchestrator.engine.instrument_changes import OUR_TAG
from orchestrator.engine.known import ActiveRun, ActiveTask, Known, active_runs
from orchestrator.engine.lease import Lease
from orchestrator.engine.look import Look, look
from orchestrator.engine.observation import Observations
from orchestrator.engine.perform import Performer
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.engine.record_changes import Unreadable
from orchestrator.engine.stops_ordered import StopsOrdered
from orchestrator.engine.stops_unstored import StopsUnstored
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer
from orchestrator.interlocks.held import Held, overrule
from orchestrator.interlocks.runs_seen import runs_seen
from orchestrator.interlocks.watch import InterlockWatch
from orchestrator.run_state import RunState
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.transactions import reading

__all__ = ["LOOK_FLOOR_S", "InstrumentLoop"]

_LOG = logging.getLogger(__name__)
_LOOK_AGAIN_S = 10.0
"""While something is under way (a start, a pause, a stop, the last records) the next look comes at most this late."""
_STOP_AGAIN_S = 1.0
"""Likewise after a stop that could not be delivered."""
_OUT_OF_TOUCH_S = 20.0
"""So late a look comes only after the process, or its computer, stood still."""
_ON_DISK_WITHIN_S = 1.0
"""Wall seconds: a trip is on the disk before its stop counts as told, unless the disk hangs."""
LOOK_FLOOR_S = 0.2
"""However fast a memory fills: a look that never ends leaves no time for anything else."""
_DECISIONS_MAX = 12
_CONCERNS_CHAMBER = (Transition, FinishSegment, Advance)
_PASSING = (RunState.STARTING, RunState.PAUSING, RunState.STOPPING)


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
        lease: Lease,
        chamber_concerned: Callable[[str], None] = lambda _: None,
        interlocks: InterlockWatch | None = None,
    ) -> None:
        self.place = place
        self._lab = lab
        self._cycler = cycler
        self._database = database
        self._writer = writer
        self._clock = clock
        self._lease = lease
        self._chamber_concerned = chamber_concerned
        self._worker = InstrumentWorker(place.name)
        self._performer = Performer(
            place.name, cycler, self._worker, writer, database, clock, lease.epoch, self._nobody_there
        )
        self._observed = Observations(clock.monotonic(), place.lost_after_s)
        self._plans = PlanCache()
        self._runs: list[ActiveRun] = []
        self._tasks: list[ActiveTask] = []
        self._since_s: dict[int, float] = {}
        self._sleeper: Sleeper | None = None
        self._ordered = threading.Event()
        self._drained: set[int] = set()
        self._left: set[int] = set()
        self._abilities: Mapping[ChannelId, Capabilities] = {}
        self._unreadable = Unreadable()
        self._halted = False
        self._stops_unstored = StopsUnstored(place.name, writer)
        self._stops_ordered = StopsOrdered(self._stop_now)
        self._interlocks = interlocks or InterlockWatch(lab, clock)
        self._interlocks.attach(place.name, self.tripped)
        self._being_told: set[ChannelId] = set()
        self._at_once: asyncio.Task[None] | None = None

    @property
    def worker(self) -> InstrumentWorker:
        """The thread of its calls into the instrument."""
        return self._worker

    def wake(self) -> None:
        """Look at once: an order has been given."""
        self._ordered.set()
        if self._sleeper is not None:
            self._sleeper.wake()

    def stop_soon(self, runs: Collection[int]) -> None:
        """A person wants these stopped: that does not wait for a tick that waits for others."""
        self._stops_ordered.expect(runs)

    def tripped(self) -> None:
        """An interlock has cells stopped here, or lets them go: that does not wait for a tick that waits for others."""
        self.wake()
        if self._interlocks.to_stop(self.place.name) and (self._at_once is None or self._at_once.done()):
            self._at_once = asyncio.get_running_loop().create_task(self._stop_tripped())

    async def run(self) -> None:
        """Tick until cancelled."""
        self._sleeper = self._clock.sleeper(self.place.name)
        try:
            while True:
                began_s = self._clock.monotonic()
                due_s = min(await self._tick_or_wait(), self._interlocks.again_within_s(self.place.name))
                # Counted by the monotonic clock: a step of the wall clock in mid-tick must not delay the next look.
                left_s = due_s - (self._clock.monotonic() - began_s)
                await self._sleeper.sleep_until(self._clock.now() + left_s)
        finally:
            self._stops_ordered.close()
            if self._at_once is not None:
                self._at_once.cancel()
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
        """Obey, look, store, decide, act. Returns after how many seconds the next tick is due."""
        await self._stop_tripped()
        if self._clock.monotonic() - self._observed.looked_s > self.place.poll_s + _OUT_OF_TOUCH_S:
            await self._still_ours()
        if not self._runs or self._ordered.is_set():
            await self._obey()
        seen = await self._look()
        statuses = None if seen is None else seen.statuses
        in_use = bool(self._runs or self._tasks)
        runs = runs_seen(self._runs, seen)
        error = self._observed.error or ""
        self._interlocks.cycler_seen(self.place.name, statuses, error, in_use=in_use, runs=runs)
        await self._stop_tripped()
        if self._ordered.is_set():
            await self._obey()
        if seen is not None:
            await self._store(seen)
        for _ in range(_DECISIONS_MAX):
            await self._recall()
            if not await self._act() or self._ordered.is_set():
                break
        if self._ordered.is_set() or (seen is not None and seen.unread and not seen.errors):
            return 0.0
        order_lost = seen is not None and self._observed.statuses is None  # it had answered the look
        return min(self._due_s(), _STOP_AGAIN_S) if order_lost else self._due_s()

    async def _still_ours(self) -> None:
        """After standing still for long: a look may empty a memory, and somebody else may drive the instrument now."""
        try:
            await asyncio.to_thread(self._lease.keep)
        except StoreUnavailable as error:  # interlocks need the look, and nobody can have taken the lease without it
            _LOG.warning("%s: whether it is still ours cannot be seen: %s", self.place.name, error)

    def halt(self) -> None:
        """From now on every run is wanted stopped and nothing is started, whatever the database says."""
        self._halted = True
        self.wake()

    def unhalt(self) -> None:
        """The database says it too."""
        self._halted = False

    async def stop_all(self) -> bool:
        """Stop every channel that carries a test of ours; needs no database. True when the instrument took it all."""
        idle = (RunState.QUEUED, RunState.WAITING)
        driven = {run.channel for run in self._runs if run.view.state not in idle}
        for channel, status in (self._observed.statuses or {}).items():
            if status.state.drives_cell and OUR_TAG.fullmatch(status.tag or ""):
                driven.add(channel)
        done = [await self._performer.stop_untracked(channel) for channel in sorted(driven)]
        return all(done)

    async def _stop_now(self, run_ids: Set[int]) -> None:
        """Send the stops of these runs, as far as they were last seen on their channels; needs no database."""
        for run in [run for run in self._runs if run.view.id in run_ids]:
            status = (self._observed.statuses or {}).get(run.channel)
            if status is not None and status.state.drives_cell and status.tag == run.view.segment.tag:
                _LOG.warning("run %s: its stop does not wait for the database", run.view.id)
                await self._performer.stop_untracked(run.channel)

    async def _stop_tripped(self) -> None:
        """Send the stops of interlocks; they wait for no database. What they were for is written down by the keeper."""
        mine: list[ChannelId] = []
        sent: dict[ChannelId, bool] = {}
        try:
            for channel, trip in self._interlocks.to_stop(self.place.name):
                if channel in self._being_told:
                    continue
                self._being_told.add(channel)
                mine.append(channel)
                reached(Point.TRIP_FOUND)
                pauses = not trip.stops and self._pauses(channel)  # a pause goes the ordinary way
                if pauses or await self._performer.stop_untracked(channel):
                    sent[channel] = not pauses
            if sent:  # all of them: a disk that hangs must not keep the second from its stop
                await self._interlocks.on_disk.wait_written(_ON_DISK_WITHIN_S)
                reached(Point.TRIP_SENT)
            for channel, stopped in sent.items():
                self._interlocks.told(self.place.name, channel, stopped=stopped)
        finally:
            self._being_told.difference_update(mine)

    async def _obey(self) -> None:
        """Send the stops that are wanted: they wait neither for a look nor for records to be stored."""
        self._ordered.clear()
        await self._recall()
        await self._act(stops_only=True)

    async def _look(self) -> Look | None:
        """Look at the instrument; None when it does not answer."""
        arriving = self._observed.statuses is None
        began_s = self._clock.monotonic()
        try:
            seen = await self._worker.call(
                lambda: look(self._cycler, self._runs, arriving=arriving, hurry=self._ordered)
            )
        except DriverError as error:
            news = self._observed.failed(str(error), self._clock.monotonic())
            if news:
                _LOG.warning("%s: %s", self.place.name, error)
            self._writer.post(instrument_changes.instrument_silent(self.place, str(error), news, self._clock.now()))
            return None
        self._observed.succeeded(seen.statuses, began_s)
        if seen.arrival is not None:
            self._abilities = seen.arrival.capabilities
        self._writer.post(instrument_changes.observed(self._lab, self.place, seen, self._clock.now()))
        return seen

    async def _store(self, seen: Look) -> None:
        """Commit the records of this look, each test's together with the cursor behind them."""
        if seen.batches:
            reached(Point.READ)
        now = self._clock.now()
        self._drained, self._left = set(), seen.left
        remarks = tuple(record_changes.remarked(self.place.name, seen.remarks, now))
        if remarks:
            await self._writer.write(lambda connection: [change(connection) for change in remarks])
        refusals = await self._writer.record_all(
            [(run.view.id, run.view.segment.id, batch) for run, batch in seen.batches]
        )
        self._drained = seen.drained
        refused = [(run, str(error)) for (run, _), error in zip(seen.batches, refusals, strict=True) if error]
        for change in record_changes.missing(seen.batches, now):
            self._writer.post(change)
        read = {run.view.id for run, _ in seen.batches}
        for change in self._unreadable.take(read, seen.errors, refused, now):
            self._writer.post(change)

    async def _recall(self) -> None:
        """Read from the database what is known of the runs."""
        now_s = self._clock.monotonic()

        def load() -> Known:
            with reading(self._database) as connection:
                self._lease.require(connection)
                since = self._since_s
                return active_runs(connection, self.place.name, self._plans, lambda i: since.setdefault(i, now_s))

        found = await asyncio.to_thread(load)
        for run_id, reason in self._plans.take_unreadable():
            _LOG.error("run %s: %s", run_id, reason)
            await self._writer.write(run_changes.plan_unreadable(run_id, reason, self._clock.now()))
        opened = [run.view.intents for run in found.runs] + [task.view.intents for task in found.tasks]
        self._since_s = {intent.id: intent.since_s for intents in opened for intent in intents}
        self._runs, self._tasks = found.runs, found.tasks
        self._stops_ordered.active({run.view.id for run in found.runs})

    async def _act(self, *, stops_only: bool = False) -> bool:
        """Ask ``decide`` about every run once and do what it says, stops first. True when anything was done."""
        todo: list[tuple[ActiveRun | ActiveTask, list[Action]]] = [
            (run, actions) for run in self._runs if (actions := self._decide(run))
        ]
        todo += [(task, actions) for task in self._tasks if (actions := self._decide_task(task))]
        stops = [run for run, actions in todo if isinstance(run, ActiveRun) and Stop() in actions]
        self._stops_ordered.taken([run.view.id for run in stops])
        # All of them go out before anything is written: a database that hangs must not keep the second from its stop.
        failures = {run.view.id: await self._performer.stop(run) for run in stops}
        try:
            return await self._carry_out_all(todo, failures, stops_only=stops_only)
        except StoreUnavailable:
            await self._stops_unstored.take(stops, failures, self._clock.now())
            raise

    async def _carry_out_all(
        self,
        todo: Sequence[tuple[ActiveRun | ActiveTask, list[Action]]],
        failures: Mapping[int, str | None],
        *,
        stops_only: bool,
    ) -> bool:
        for run, actions in todo:
            stopped = run.view.id in failures or (isinstance(run, ActiveTask) and self._wanted(run) == "stop")
            if stops_only and not stopped:
                continue
            if not await self._carry_out(run, actions, failures.get(run.view.id)):
                return False
            if not stops_only and self._ordered.is_set():
                return True  # an order given meanwhile goes first
        return bool(todo)

    async def _carry_out(self, run: ActiveRun | ActiveTask, actions: Sequence[Action], failure: str | None) -> bool:
        """Do it, and tell the chamber's loop what concerns it. False when the store refused it."""
        try:
            await self._performer.carry_out(run, actions, failure)
        except StoreUnavailable:
            raise
        except StoreError as error:  # one run's trouble must not take the node from the others
            _LOG.error("%s: run %s: %s", self.place.name, run.view.id, error)
            self._writer.post(run_changes.refused(run, str(error), self._clock.now()))
            return False
        if run.chamber is not None and any(isinstance(action, _CONCERNS_CHAMBER) for action in actions):
            self._chamber_concerned(run.chamber)
        return True

    def _wanted(self, run: ActiveRun | ActiveTask) -> str:
        return "stop" if self._halted else run.view.desired

    def _trip_at(self, run: ActiveRun | ActiveTask) -> Held | None:
        return self._interlocks.held_at(self.place.name, run.channel, run.cell_id)

    def _pauses(self, channel: ChannelId) -> bool:
        ability = self._abilities.get(channel)
        return ability is not None and ability.pause == "now"

    def _decide_task(self, run: ActiveTask) -> list[Action]:
        view = overrule(replace(run.view, desired=self._wanted(run)), self._trip_at(run), pauses=True)
        return decide_task(view, self._observed.of(run.channel))

    def _decide(self, run: ActiveRun) -> list[Action]:
        view = replace(run.view, desired=self._wanted(run))
        view = overrule(view, self._trip_at(run), pauses=self._pauses(run.channel))
        ability = self._abilities.get(run.channel)
        seen = self._observed.of(
            run.channel,
            drained=view.segment.id in self._drained,
            left_unread=view.segment.id in self._left,
            pauses=ability is None or ability.pause == "now",
            unreadable=self._unreadable.reason(view.id),
        )
        return decide(view, seen, self._observed.looked_s)

    def _nobody_there(self, error: str) -> None:
        self._observed.failed(error, self._clock.monotonic())

    def _due_s(self) -> float:
        """Until the next look: sooner while something passes by, or a memory fills, that it should not be late for."""
        later = self.place.poll_s
        if isinstance(self._cycler, PacesLooks) and self._observed.statuses is not None:  # asked after a start, too
            later = min(later, max(self._cycler.look_within_s(), LOOK_FLOOR_S))
        for run in self._runs:
            status = (self._observed.statuses or {}).get(run.channel)
            stop = run.view.intent("stop")
            if status is not None and stop is not None and stop.failure is not None:
                return min(later, _STOP_AGAIN_S)
            ended = run.view.state is RunState.RUNNING and status is not None and status.state in ENDED
            if run.view.state in _PASSING or run.view.intents or ended:
                # such an instrument tells at once that a test is over, a BTS only after some seconds; one more look
                # shows whether the count stands
                once_more = ended and not self._observed.of(run.channel).records_stable
                prompt = once_more and isinstance(self._cycler, PacesLooks)
                later = min(later, LOOK_FLOOR_S if prompt else _LOOK_AGAIN_S)
        return later
