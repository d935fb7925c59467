"""Sends what waits for one receiver, until it has taken it: at least once, and once where nothing is killed.

A letter that was taken is noted as soon as the database takes the note. Only if the process dies between the two does
it go out again, with the same key, by which the receiver can know it (Message-ID, Idempotency-Key, ``key``).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.engine.writer import Writer
from orchestrator.messages.daemon_call import daemon_call
from orchestrator.messages.deliver import deliver
from orchestrator.messages.letter import Letter
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.pace import Pace, parcel
from orchestrator.messages.receiver import Receiver
from orchestrator.messages.writing_letters import write_letter
from orchestrator.store.alarms import clear_alarms, is_open, raise_alarm
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.messages import Message, bundle_messages, drop_messages, messages_taken, unsent_messages
from orchestrator.store.outlets import get_outlet, outlet_tried
from orchestrator.store.transactions import reading

__all__ = ["Sender"]

_LOG = logging.getLogger(__name__)

_LAST_MOMENT_S = 3.0

Deliver = Callable[[Receiver, Letter], None]


class Sender:
    """One receiver's. One task; the attempt itself is made in a thread that nobody waits for at the end."""

    def __init__(
        self,
        receiver: Receiver,
        lab: Lab,
        database: sa.Engine,
        writer: Writer,
        clock: Clock,
        *,
        pace: Pace | None = None,
        attempt: Deliver = deliver,
        wall: Callable[[], float] = time.time,
        claim: Callable[[sa.Connection], None] = lambda _: None,
    ) -> None:
        """``claim`` raises where somebody else sends now; it is asked in the transaction before each attempt."""
        self._receiver = receiver
        self._lab = lab
        self._database = database
        self._writer = writer
        self._clock = clock
        self._pace = pace or Pace()
        self._attempt = attempt
        self._wall = wall
        self._claim = claim

    async def run(self) -> None:
        """Send until cancelled; a database that is away is tried again."""
        while True:
            try:
                sent = await self.turn()
            except StoreUnavailable as error:
                _LOG.warning("messages to %s wait: %s", self._receiver.name, error)
                sent = False
            if not sent:
                await asyncio.sleep(self._pace.look_every_s)

    async def turn(self) -> bool:
        """Make one attempt, if one is due. True when it was taken. Raises StoreUnavailable: then nothing was sent."""
        messages = await asyncio.to_thread(self._due)
        if not messages:
            return False
        ids = [message.id for message in messages]
        letter = await self._writer.write(lambda connection: self._begin(connection, messages))
        attempt = asyncio.ensure_future(self._attempt_and_note(letter, messages, ids))
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            # The node ends. What is being taken at this moment would go out again: give it a moment to be noted.
            await asyncio.wait({attempt}, timeout=_LAST_MOMENT_S)
            attempt.cancel()
            raise

    async def _attempt_and_note(self, letter: Letter, messages: Sequence[Message], ids: Sequence[int]) -> bool:
        error = await self._outcome(letter)
        await self._note(lambda connection: self._tried(connection, messages, ids, error))
        return error is None

    def _due(self) -> tuple[Message, ...]:
        name = self._receiver.name
        with reading(self._database) as connection:
            waiting = unsent_messages(connection, name)
            return parcel(waiting, get_outlet(connection, name, "receiver"), self._pace, self._wall())

    def _begin(self, connection: sa.Connection, messages: Sequence[Message]) -> Letter:
        self._claim(connection)
        if messages[0].bundle is None:
            bundle_messages(connection, [message.id for message in messages])
        return write_letter(connection, self._lab, self._receiver, messages, self._clock.now())

    async def _outcome(self, letter: Letter) -> str | None:
        try:
            await daemon_call(f"to {self._receiver.name}", lambda: self._attempt(self._receiver, letter))
        except NotDelivered as error:
            return str(error)
        return None

    async def _note(self, change: Callable[[sa.Connection], None]) -> None:
        """Store what came of an attempt, however long it takes: what was taken must not go out again."""
        while True:
            try:
                await self._writer.write(change)
            except StoreUnavailable as error:
                _LOG.warning("whether %s took a message is not stored yet: %s", self._receiver.name, error)
                await asyncio.sleep(self._pace.first_again_s)
            else:
                return

    def _tried(
        self, connection: sa.Connection, messages: Sequence[Message], ids: Sequence[int], error: str | None
    ) -> None:
        name, wall, now = self._receiver.name, self._wall(), self._clock.now()
        outlet = outlet_tried(connection, name, "receiver", wall, error)
        if error is None:
            messages_taken(connection, ids, wall)
            clear_alarms(connection, source=self._receiver.alarm_source, now=now)
            return
        if outlet.failures == 1:
            _LOG.warning("%s takes no messages: %s", name, error)
        if messages[0].kind == "test":  # who asked for it sees the error; a late test would only puzzle
            drop_messages(connection, ids, error)
        elif outlet.unreachable and not is_open(connection, self._receiver.alarm_source):
            message = f"takes no messages, others are told instead: {error}"
            raise_alarm(connection, source=self._receiver.alarm_source, message=message, now=now)
