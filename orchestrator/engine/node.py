"""The node: the process that drives instruments. The database is all that lies between it and everybody else."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import AsyncExitStack

import sqlalchemy as sa

from drivers.errors import DriverError
from orchestrator.analysis.worker import AnalysisWorker
from orchestrator.clock import Clock, open_clock
from orchestrator.config import Lab
from orchestrator.engine import changes
from orchestrator.engine.lease import Lease, LeaseHeld, take_lease
from orchestrator.engine.loop import InstrumentLoop
from orchestrator.engine.orders import OrderWatch
from orchestrator.engine.stop_file import StopFile
from orchestrator.engine.writer import Writer
from orchestrator.instruments import open_cycler
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError
from orchestrator.store.recorder import Recorder
from orchestrator.store.transactions import reading
from orchestrator.store.upgrade import prepare

__all__ = ["run_node"]

_LOG = logging.getLogger(__name__)


def run_node(lab: Lab) -> int:
    """Drive the lab's instruments until SIGTERM or SIGINT; tests on them run on. Returns the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s node %(levelname)s %(message)s")
    try:
        asyncio.run(_drive(lab))
    except (StoreError, LeaseHeld, DriverError, ValueError) as error:
        print(f"cellbench node: {error}", file=sys.stderr)
        return 1
    return 0


async def _drive(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        database = open_database(lab.database_url)
        stack.callback(database.dispose)
        prepare(database)
        clock = await open_clock(lab.clock, f"node of {lab.name}")
        stack.push_async_callback(clock.close)
        leases = [_take(stack, lab, database, clock, name) for name in lab.instruments]
        recorder = stack.enter_context(Recorder(database))
        worker = AnalysisWorker(lab.database_url)
        stack.callback(worker.close)
        node = _Node(lab, database, clock, Writer(recorder), leases, worker)
        await node.run()


def _take(stack: AsyncExitStack, lab: Lab, database: sa.Engine, clock: Clock, name: str) -> Lease:
    lease = take_lease(database, lab.state_dir, name, lab.instruments[name].address, clock.now())
    stack.callback(lease.release)
    return lease


class _Node:
    def __init__(
        self,
        lab: Lab,
        database: sa.Engine,
        clock: Clock,
        writer: Writer,
        leases: list[Lease],
        analyses: AnalysisWorker,
    ) -> None:
        self._lab, self._database, self._writer, self._clock = lab, database, writer, clock
        self._analyses = analyses
        self._loops = {
            lease.instrument: InstrumentLoop(
                lab.instruments[lease.instrument],
                open_cycler(lab.instruments[lease.instrument]),
                database,
                writer,
                clock,
                lease.epoch,
                analyses.submit_pending,
            )
            for lease in leases
        }
        self._orders = OrderWatch(database, StopFile(lab.state_dir), self._on_order, self._on_stop_all)

    async def run(self) -> None:
        """Run every loop until a signal comes; a loop that breaks takes the process with it, to be started anew."""
        await self._writer.write(changes.lab_known(self._lab))
        self._analyses.submit_pending()  # what a killed node left queued
        tasks = [asyncio.create_task(loop.run(), name=name) for name, loop in self._loops.items()]
        tasks.append(asyncio.create_task(self._orders.run(), name="orders"))
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        tasks.append(asyncio.create_task(ended.wait(), name="signal"))
        _LOG.info("node of %s drives %s", self._lab.name, ", ".join(self._loops))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _on_order(self, instrument: str) -> None:
        if instrument in self._loops:
            self._loops[instrument].wake()

    async def _on_stop_all(self, actor: str) -> bool:
        """Obey the STOP file: the wire first, then the database. True when every channel has been told."""
        _LOG.warning("STOP of everything, asked for by %s", actor)
        sent = [await loop.stop_all() for loop in self._loops.values()]
        await self._writer.write(changes.stop_wanted(actor, self._clock.now()))
        for loop in self._loops.values():
            loop.wake()
        return all(sent)
