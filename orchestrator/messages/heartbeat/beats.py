"""Beats while all is well, and says why where it does not."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.engine.writer import Writer
from orchestrator.messages.daemon_call import daemon_call
from orchestrator.messages.database_watch import DatabaseWatch
from orchestrator.messages.heartbeat.beat import beat
from orchestrator.messages.heartbeat.output import Heartbeat
from orchestrator.messages.heartbeat.pulse import Pulse
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.outlets import outlet_tried

__all__ = ["Heartbeats"]

_LOG = logging.getLogger(__name__)

Beat = Callable[[Heartbeat, str, int], None]


class Heartbeats:
    """All heartbeats of one node. ``attempt`` gives one sign of life, or raises NotDelivered."""

    def __init__(
        self,
        lab: Lab,
        writer: Writer,
        clock: Clock,
        pulse: Pulse,
        database: DatabaseWatch,
        *,
        attempt: Beat = beat,
    ) -> None:
        self._lab = lab
        self._writer = writer
        self._clock = clock
        self._pulse = pulse
        self._database = database
        self._attempt = attempt
        self._told: dict[str, str | None] = {}

    async def run(self) -> None:
        """Beat until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for heartbeat in self._lab.heartbeats:
                tasks.create_task(self._keep(heartbeat), name=heartbeat.name)

    async def _keep(self, heartbeat: Heartbeat) -> None:
        number = 0
        while True:
            began_s = time.monotonic()
            number += 1
            self._tell(heartbeat, await self.beat(heartbeat, number))
            await asyncio.sleep(max(began_s + heartbeat.every_s - time.monotonic(), 0.0))

    async def beat(self, heartbeat: Heartbeat, number: int) -> str | None:
        """Beat once, where all is well. Returns why it was not, or could not be, done."""
        withheld = self._pulse.stalled() or self._database.trouble()
        if withheld is not None:
            return f"withheld: {withheld}"
        try:
            await daemon_call(heartbeat.name, lambda: self._attempt(heartbeat, self._lab.name, number))
        except NotDelivered as error:
            return str(error)
        return None

    def _tell(self, heartbeat: Heartbeat, error: str | None) -> None:
        """Log it and raise an alarm, or clear it, when it begins and when it is over: not at every beat."""
        known = heartbeat.name in self._told
        if known and (self._told[heartbeat.name] is None) == (error is None):
            return
        self._told[heartbeat.name] = error
        now, source = self._clock.now(), f"heartbeat {heartbeat.name}"
        self._writer.post(lambda connection: outlet_tried(connection, source, "heartbeat", time.time(), error))
        if error is None:
            self._writer.post(lambda connection: clear_alarms(connection, source=source, now=now))
            return
        _LOG.error("heartbeat %s: %s", heartbeat.name, error)
        message = f"not given: {error}"
        self._writer.post(lambda connection: raise_alarm(connection, source=source, message=message, now=now))
