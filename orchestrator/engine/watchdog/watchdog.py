"""The watchdog of a node: sees what is wrong with the process itself, says so, and reports how it is.

The service manager hears that we are alive only while the event loop turns. Where that, or the loop of an instrument,
stands still for good, the node ends itself, to be started anew. Tests on the instruments run on meanwhile, and are
found again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from orchestrator.clock import Clock
from orchestrator.engine.watchdog.clock_watch import ClockWatch
from orchestrator.engine.watchdog.getting_on import GettingOn
from orchestrator.engine.watchdog.hung_calls import HungCalls
from orchestrator.engine.watchdog.remarks import ended_itself, hangs, hangs_no_more, nothing_hangs, passed_by
from orchestrator.engine.watchdog.stall_watch import StallWatch
from orchestrator.engine.watchdog.status_line import status_line
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer
from orchestrator.messages.heartbeat.pulse import Pulse
from orchestrator.process.last_resort import LastResort
from orchestrator.process.last_words import LastWords
from orchestrator.process.supervisor import Supervisor
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.node_status import InstrumentReport, NodeReport, report_node

__all__ = ["REPORT_EVERY_S", "STUCK_AFTER_S", "Watchdog"]

_LOG = logging.getLogger(__name__)
REPORT_EVERY_S = 5.0
STUCK_AFTER_S = 180.0
"""What has not got on for so long will not by itself. Longer than any exchange with an instrument may take."""
_READY_LOOK_S = 0.1
_PINGS = 3
"""Signs of life in the time within which the service manager wants one."""


class Watchdog:
    """One a node. All times here are real seconds, also on a virtual lab."""

    def __init__(
        self,
        node: str,
        clock: Clock,
        pulse: Pulse,
        workers: Sequence[InstrumentWorker],
        writer: Writer,
        *,
        supervisor: Supervisor | None = None,
        stalls: StallWatch | None = None,
        last_resort: LastResort | None = None,
    ) -> None:
        self._node = node
        self._clock = clock
        self._pulse = pulse
        self._workers = workers
        self._writer = writer
        self._supervisor = supervisor or Supervisor.from_environment()
        self._stalls = stalls or StallWatch()
        self._jumps = ClockWatch(clock)
        self._hung = HungCalls(workers)
        self._last_resort = last_resort
        self._getting_on = GettingOn(pulse, workers, self._stalls)
        self._began_s = time.monotonic()
        self._status = "looks at its instruments for the first time"

    async def run(self) -> None:
        """Watch until cancelled; then the service manager is told that we end."""
        self._post(lambda now: nothing_hangs([one.name for one in self._workers], now))
        try:
            async with asyncio.TaskGroup() as tasks:
                if self._last_resort is not None:
                    self._last_resort.watch(self._getting_on.marks, self._getting_on.named)
                    tasks.create_task(self._tell_how_the_last_ended(self._last_resort.words), name="ending")
                tasks.create_task(self._stalls.run(self._passed_by), name="stalls")
                tasks.create_task(self._jumps.run(self._passed_by), name="clock")
                tasks.create_task(self._hung.run(self._hangs, self._hangs_no_more), name="calls")
                tasks.create_task(self._report_on(), name="report")
                tasks.create_task(self._tell_supervisor(), name="supervisor")
        finally:
            self._getting_on.ends()
            self._supervisor.stopping()

    async def _tell_supervisor(self) -> None:
        self._supervisor.status(self._status)
        while not self._pulse.all_turned():  # noqa: ASYNC110 - a loop's first turn is no event of its own
            await asyncio.sleep(_READY_LOOK_S)
        await self._report()
        self._supervisor.ready(self._status)
        _LOG.info("ready: %s", self._status)
        every_s = min((self._supervisor.watchdog_s or REPORT_EVERY_S) / _PINGS, REPORT_EVERY_S)
        while True:
            self._supervisor.alive()
            self._supervisor.status(self._pulse.stalled() or self._status)
            await asyncio.sleep(every_s)

    async def _report_on(self) -> None:
        while True:
            await self._report()
            await asyncio.sleep(REPORT_EVERY_S)

    async def _report(self) -> None:
        """Write how we are to the database, and learn what is to be said of the runs."""
        report = NodeReport(
            node=self._node,
            holder=f"process {os.getpid()} on {socket.gethostname()}",
            ready=self._pulse.all_turned(),
            overdue_s=self._pulse.overdue_s(),
            stuck=self._pulse.stalled(),
            backlog=self._writer.backlog,
            stalls=self._stalls.stalls,
            clock_jumps=self._jumps.jumps,
        )
        instruments = [
            InstrumentReport(one.name, dict(one.outcomes), self._pulse.late_s(one.name)) for one in self._workers
        ]
        names = [one.name for one in self._workers]
        uptime_s = time.monotonic() - self._began_s

        def change(connection: sa.Connection) -> str:
            report_node(connection, report, instruments, uptime_s=uptime_s)
            return status_line(connection, names)

        try:
            self._status = await self._writer.write(change)
            self._getting_on.stored()
        except StoreUnavailable:
            self._status = "the database is away; tests run on, and their records stay with the instruments"

    async def _tell_how_the_last_ended(self, words: LastWords) -> None:
        found = words.found()
        while found is not None:
            try:
                await self._writer.write(ended_itself(self._node, *found, self._clock.now()))
            except StoreUnavailable:
                await asyncio.sleep(REPORT_EVERY_S)
            else:
                _LOG.warning("the process before this one ended itself at %s: %s", *found)
                words.forget()
                found = None

    def _passed_by(self, message: str) -> None:
        _LOG.warning("%s", message)
        self._post(lambda now: passed_by(self._node, message, now))

    def _hangs(self, instrument: str, message: str) -> None:
        self._post(lambda now: hangs(instrument, message, now))

    def _hangs_no_more(self, instrument: str) -> None:
        _LOG.warning("the call into %s has come back", instrument)
        self._post(lambda now: hangs_no_more(instrument, now))

    def _post(self, change: Callable[[float], Callable[[sa.Connection], Any]]) -> None:
        self._writer.post(change(self._clock.now()))
