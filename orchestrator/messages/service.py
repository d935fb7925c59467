"""Telling people, as a node runs it: one router, one sender for each receiver, the heartbeats."""

from __future__ import annotations

import asyncio
import logging

import sqlalchemy as sa

from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.engine.duty import take_duty
from orchestrator.engine.lease import Lease, LeaseHeld, require_epoch
from orchestrator.engine.writer import Writer
from orchestrator.messages.database_watch import DatabaseWatch
from orchestrator.messages.deliver import quiet_http_log
from orchestrator.messages.heartbeat.beats import Heartbeats
from orchestrator.messages.heartbeat.pulse import Pulse
from orchestrator.messages.pace import Pace
from orchestrator.messages.router import Router
from orchestrator.messages.sender import Sender
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.messages import drop_messages_of_others
from orchestrator.store.outlets import keep_outlets

__all__ = ["MessageService"]

_LOG = logging.getLogger(__name__)
_LEASE = "messages"
_LEASE_AGAIN_S = 5.0  # wall seconds


class MessageService:
    """Of several nodes on one database, one tells people at a time; heartbeats are every node's own."""

    def __init__(
        self, lab: Lab, database: sa.Engine, writer: Writer, clock: Clock, pulse: Pulse, *, pace: Pace | None = None
    ) -> None:
        self._lab = lab
        self._database = database
        self._writer = writer
        self._clock = clock
        self._pace = pace or Pace()
        self._watch = DatabaseWatch(lab, writer, clock)
        self._heartbeats = Heartbeats(lab, writer, clock, pulse, self._watch)

    async def run(self) -> None:
        """Tell people and beat, until cancelled."""
        quiet_http_log()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch.run(), name="database watch")
                tasks.create_task(self._heartbeats.run(), name="heartbeats")
                tasks.create_task(self._tell(), name="messages")
        except ExceptionGroup as broken:
            raise _first_of(broken) from broken

    async def _tell(self) -> None:
        while True:
            lease = await take_duty(self._database, _LEASE, self._clock, again_s=_LEASE_AGAIN_S)
            try:
                await self._begin()
                await self._tell_while_leased(lease)
            except* LeaseHeld as error:
                _LOG.warning("another node tells people now: %s", error.exceptions[0])
            finally:
                lease.release()

    async def _tell_while_leased(self, lease: Lease) -> None:
        router = Router(self._lab.receivers, self._database, self._writer, self._clock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(router.run(), name="router")
            for receiver in self._lab.receivers:
                sender = Sender(
                    receiver,
                    self._lab,
                    self._database,
                    self._writer,
                    self._clock,
                    pace=self._pace,
                    claim=lambda connection: require_epoch(connection, lease.instrument, lease.epoch),
                )
                tasks.create_task(sender.run(), name=f"to {receiver.name}")

    async def _begin(self) -> None:
        """The receivers are those of the lab file; what waits for others is not sent any more."""
        names = [receiver.name for receiver in self._lab.receivers]

        def change(connection: sa.Connection) -> int:
            keep_outlets(connection, "receiver", names)
            return drop_messages_of_others(connection, names, "its receiver is not in the lab file any more")

        while True:
            try:
                dropped = await self._writer.write(change)
            except StoreUnavailable as error:
                _LOG.error("nobody is told of alarms yet: %s", error)
                await asyncio.sleep(_LEASE_AGAIN_S)
            else:
                break
        if dropped:
            _LOG.warning("%d messages waited for receivers that are not in the lab file any more", dropped)


def _first_of(broken: ExceptionGroup[Exception]) -> Exception:
    """What broke first; the node says it as it says what breaks in any of its loops."""
    first = broken.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first
