"""The node: the process that drives instruments. The database is all that lies between it and everybody else."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Collection
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from drivers.errors import DriverError, Unreachable
from orchestrator.analysis.worker import AnalysisWorker
from orchestrator.backup.nightly import ScheduledBackup
from orchestrator.campaigns.runner import CampaignRunner
from orchestrator.clock import Clock, open_clock
from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.disk.watch import DiskWatch
from orchestrator.engine import instrument_changes
from orchestrator.engine.chambers.loop import ChamberLoop
from orchestrator.engine.lease import Lease, LeaseHeld, take_lease
from orchestrator.engine.loop import InstrumentLoop
from orchestrator.engine.node_name import take_node_name
from orchestrator.engine.orders import OrderWatch
from orchestrator.engine.stop_everything import StopEverything
from orchestrator.engine.stop_file import StopFile
from orchestrator.engine.watchdog.watchdog import STUCK_AFTER_S, Watchdog
from orchestrator.engine.writer import Writer
from orchestrator.exit_codes import CANNOT_START
from orchestrator.housekeeping.calendar import Housekeeping
from orchestrator.instruments import open_chamber, open_cycler
from orchestrator.interlocks.keeper import TripKeeper
from orchestrator.interlocks.watch import InterlockWatch
from orchestrator.messages.heartbeat.pulse import Pulse
from orchestrator.messages.service import MessageService
from orchestrator.process.ending import on_ending
from orchestrator.process.last_resort import LastResort
from orchestrator.process.last_words import LastWords
from orchestrator.spool.opening import open_spool
from orchestrator.spool.spool import Spool
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.recorder import Recorder
from orchestrator.store.upgrade import require_current, schema_version, upgrade

__all__ = ["run_node"]

_LOG = logging.getLogger(__name__)
_ANALYSES_EVERY_S = 1.0  # wall seconds
_ANALYSES_LINGER_S = 20.0  # wall seconds


def run_node(lab: Lab, stuck_after_s: float = STUCK_AFTER_S) -> int:
    """Drive the lab's instruments until SIGTERM or SIGINT; tests on them run on. Returns the exit code.

    Where the event loop or the loop of an instrument does not get on for ``stuck_after_s``, the process ends itself.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s node %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        with LastResort(LastWords(_last_words_path(lab)), after_s=stuck_after_s) as last_resort:
            asyncio.run(_drive(lab, last_resort))
    except (StoreError, LeaseHeld, DriverError, ValueError) as error:
        sys.stderr.write(f"cellbench node: {error}\n")
        passes_by = isinstance(error, StoreUnavailable | Unreachable)
        return 1 if passes_by else CANNOT_START
    return 0


def _last_words_path(lab: Lab) -> Path:
    """In the state folder, by lab file and node, as the spool."""
    return lab.state_dir / f"{lab.path.stem}.{lab.node or NODE}.ended"


async def _drive(lab: Lab, last_resort: LastResort | None = None) -> None:
    async with AsyncExitStack() as stack:
        database = open_database(lab.database_url)
        stack.callback(database.dispose)
        if schema_version(database) is None:
            upgrade(database)
        require_current(database)
        clock = await open_clock(lab.clock, f"node {lab.node} of {lab.name}".replace("  ", " "))
        stack.push_async_callback(clock.close)
        leases = [_take(stack, lab, database, clock, name) for name in lab.driven]
        stack.callback(take_node_name(database, lab, clock.now()).release)
        recorder = stack.enter_context(Recorder(database))
        spool = open_spool(lab, recorder, clock)
        worker = AnalysisWorker(lab.database_url, clock.now, linger_s=_ANALYSES_LINGER_S)
        stack.callback(worker.close)
        node = _Node(lab, database, clock, recorder, spool, leases, worker, last_resort)
        await node.run()


def _take(stack: AsyncExitStack, lab: Lab, database: sa.Engine, clock: Clock, name: str) -> Lease:
    place = lab.instruments.get(name) or lab.chambers[name]
    lease = take_lease(database, name, place.address, clock.now())
    stack.callback(lease.release)
    return lease


class _Node:
    def __init__(
        self,
        lab: Lab,
        database: sa.Engine,
        clock: Clock,
        recorder: Recorder,
        spool: Spool | None,
        leases: list[Lease],
        analyses: AnalysisWorker,
        last_resort: LastResort | None,
    ) -> None:
        self._lab, self._database, self._clock = lab, database, clock
        writer = self._writer = Writer(recorder, spool)
        self._spool = spool
        self._disks = DiskWatch(lab, writer, clock)
        self._housekeeping = Housekeeping()
        if lab.backup is not None:
            backup = ScheduledBackup(lab, lab.backup, writer, clock)
            self._housekeeping.add("backup", lab.backup.cron, backup)
        self._analyses = analyses
        self._interlocks = InterlockWatch(lab, clock)
        self._trips = TripKeeper(lab, self._interlocks, database, writer)
        self._pulse = Pulse(clock)
        self._messages = MessageService(lab, database, writer, clock, self._pulse)
        cyclers = [lease for lease in leases if lease.instrument in lab.instruments]
        ovens = [lease for lease in leases if lease.instrument in lab.chambers]
        self._loops = {lease.instrument: self._instrument_loop(lease) for lease in cyclers}
        self._chambers = {lease.instrument: self._chamber_loop(lease) for lease in ovens}
        workers = [loop.worker for loop in self._loops.values()] + [loop.worker for loop in self._chambers.values()]
        self._watchdog = Watchdog(lab.node or NODE, clock, self._pulse, workers, writer, last_resort=last_resort)
        self._orders = OrderWatch(database, self._order)
        self._campaigns = CampaignRunner(lab, database, clock, self._wake)
        self._stop = StopEverything(StopFile(lab.state_dir), self._loops.values(), writer, clock)

    def _instrument_loop(self, lease: Lease) -> InstrumentLoop:
        name = lease.instrument
        return InstrumentLoop(
            self._lab,
            self._lab.instruments[name],
            open_cycler(self._lab, name, self._clock.now),
            self._database,
            self._writer,
            self._pulse.clock_of(name),
            lease,
            self._wake,
            self._interlocks,
        )

    def _chamber_loop(self, lease: Lease) -> ChamberLoop:
        name = lease.instrument
        return ChamberLoop(
            self._lab,
            self._lab.chambers[name],
            open_chamber(self._lab, name, self._clock.now),
            self._database,
            self._writer,
            self._pulse.clock_of(name),
            lease,
            self._wake,
            self._interlocks,
        )

    async def run(self) -> None:
        """Run every loop until a signal comes; a loop that breaks takes the process with it, to be started anew."""
        await self._writer.write(instrument_changes.lab_known(self._lab))
        await self._writer.replay()  # what an earlier process kept aside: trips among it hold from the first look on
        await self._trips.begin()
        tasks: list[asyncio.Task[Any]] = [
            *(asyncio.create_task(loop.run(), name=name) for name, loop in self._loops.items()),
            *(asyncio.create_task(loop.run(), name=name) for name, loop in self._chambers.items()),
        ]
        tasks.append(asyncio.create_task(self._stop.run(), name="stop file"))
        tasks.append(asyncio.create_task(self._orders.run(), name="orders"))
        tasks.append(asyncio.create_task(self._trips.run(), name="trips"))
        tasks.append(asyncio.create_task(self._campaigns.run(), name="campaigns"))
        tasks.append(asyncio.create_task(self._messages.run(), name="messages"))
        tasks.append(asyncio.create_task(self._analyse(), name="analyses"))
        tasks.append(asyncio.create_task(self._watchdog.run(), name="watchdog"))
        tasks.append(asyncio.create_task(self._disks.run(), name="disks"))
        tasks.append(asyncio.create_task(self._housekeeping.run(), name="housekeeping"))
        if self._spool is not None:
            tasks.append(asyncio.create_task(self._spool.run(), name="spool"))
        ended = asyncio.Event()
        on_ending(asyncio.get_running_loop(), ended.set)
        tasks.append(asyncio.create_task(ended.wait(), name="signal"))
        _LOG.info("node of %s drives %s", self._lab.name, ", ".join([*self._loops, *self._chambers]))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _analyse(self) -> None:
        """Keep the analysis worker going: for runs that complete, requests from people, and what a killed node left."""
        while True:
            await asyncio.to_thread(self._analyses.submit_pending)
            await asyncio.sleep(_ANALYSES_EVERY_S)

    def _order(self, name: str, stops: Collection[int]) -> None:
        """Tell the loop of an instrument or a chamber what people have ordered."""
        self._wake(name)
        if name in self._loops:
            self._loops[name].stop_soon(stops)

    def _wake(self, name: str) -> None:
        """Wake the loop of an instrument or a chamber; one that another node drives finds out by itself."""
        loop = self._loops.get(name) or self._chambers.get(name)
        if loop is not None:
            loop.wake()
