"""Whether the database commits: what cannot be stored as an alarm is told past the database.

An alarm is a row. While no row can be written (disk full, server away), those who are told at once get a message that
stands nowhere; when the database is back, what happened is raised as an alarm, over already, and told to all.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import sqlalchemy as sa

from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.engine.writer import Writer
from orchestrator.messages.daemon_call import daemon_call
from orchestrator.messages.deliver import deliver
from orchestrator.messages.letter import Letter, Line
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Receiver
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.outlets import outlet_tried

__all__ = ["AWAY_AFTER_S", "DatabaseWatch"]

_LOG = logging.getLogger(__name__)
_PROBE_EVERY_S = 5.0
_PROBE_LIMIT_S = 30.0
AWAY_AFTER_S = 60.0
_TELL_AGAIN_S = 60.0


class DatabaseWatch:
    """Commits a row every few seconds. ``real`` is a monotonic clock of real time."""

    def __init__(
        self,
        lab: Lab,
        writer: Writer,
        clock: Clock,
        *,
        attempt: Callable[[Receiver, Letter], None] = deliver,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lab = lab
        self._writer = writer
        self._clock = clock
        self._attempt = attempt
        self._real = real
        self._committed_s = real()
        self._committed_unix_s = clock.now()
        self._error: str | None = None
        self._taken: set[str] = set()
        self._told_s: float | None = None

    async def run(self) -> None:
        """Probe until cancelled."""
        while True:
            await self.probe()
            await asyncio.sleep(_PROBE_EVERY_S)

    def trouble(self) -> str | None:
        """Since when nothing is committed, in one line; None: all is well, or not long enough ago to say."""
        away_s = self._real() - self._committed_s
        if away_s <= AWAY_AFTER_S:
            return None
        return f"the database has taken nothing for {away_s:.0f} s: {self._error or 'nothing was offered to it'}"

    async def probe(self) -> None:
        """Commit once, and tell people where that has failed for long."""
        try:
            await asyncio.wait_for(self._writer.write(self._commit), _PROBE_LIMIT_S)
        except StoreUnavailable as error:
            self._error = str(error)
        except TimeoutError:
            self._error = f"nothing is committed within {_PROBE_LIMIT_S:g} s"
        else:
            self._committed_s = self._real()
            self._committed_unix_s = self._clock.now()
            self._error, self._told_s, self._taken = None, None, set()
            return
        trouble = self.trouble()
        if trouble is not None and (self._told_s is None or self._real() - self._told_s >= _TELL_AGAIN_S):
            self._told_s = self._real()
            await self._tell(trouble)

    def _commit(self, connection: sa.Connection) -> None:
        outlet_tried(connection, "database", "database", time.time(), None)
        trouble = self.trouble()
        if trouble is not None and self._error is not None:  # else it was us who stood still
            now = self._clock.now()
            raise_alarm(connection, source="database", message=f"is back; {trouble}", now=self._committed_unix_s)
            clear_alarms(connection, source="database", now=now)

    async def _tell(self, trouble: str) -> None:
        """Tell those who have not taken it yet, all at a time."""
        _LOG.error("%s; people are told without it", trouble)
        now = self._clock.now()
        line = Line(None, "critical", "database", trouble, self._committed_unix_s)
        told = [one for one in self._lab.receivers if one.after_s == 0 and one.name not in self._taken]
        await asyncio.gather(*(self._tell_one(receiver, line, now) for receiver in told))

    async def _tell_one(self, receiver: Receiver, line: Line, now: float) -> None:
        key = f"{self._lab.name}/{receiver.name}/database/{line.raised_unix_s:.0f}"
        letter = Letter(key, self._lab.name, (line,), now, 1, self._lab.simulated)
        try:
            await daemon_call(f"to {receiver.name}", lambda: self._attempt(receiver, letter))
        except NotDelivered as error:
            _LOG.error("%s is not told of it: %s", receiver.name, error)
        else:
            self._taken.add(receiver.name)
