"""What one node of a database does for all of them, running campaigns say: whose turn it is, a lease tells."""

from __future__ import annotations

import asyncio
import logging
from threading import Lock

import sqlalchemy as sa

from orchestrator.clock import Clock
from orchestrator.engine.lease import Lease, LeaseHeld, take_lease
from orchestrator.store.errors import StoreUnavailable

__all__ = ["take_duty"]

_LOG = logging.getLogger(__name__)


async def take_duty(database: sa.Engine, duty: str, clock: Clock, *, again_s: float) -> Lease:
    """Wait until no other node has the duty; asked again every ``again_s`` wall seconds."""
    while True:
        taking = _Taking()
        try:
            return await asyncio.to_thread(taking.take, database, duty, clock.now())
        except LeaseHeld:
            _LOG.debug("%s: another node sees to it", duty)
        except StoreUnavailable as error:
            _LOG.error("%s: nobody sees to it yet: %s", duty, error)
        except asyncio.CancelledError:
            taking.give_up()
            raise
        await asyncio.sleep(again_s)


class _Taking:
    """A thread cannot be called back: what it takes once nobody wants it any more, it gives back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted = True
        self._taken: Lease | None = None

    def take(self, database: sa.Engine, duty: str, now_unix_s: float) -> Lease:
        lease = take_lease(database, duty, duty, now_unix_s, patient=False)
        with self._lock:
            self._taken = lease
            wanted = self._wanted
        if not wanted:
            lease.release()
        return lease

    def give_up(self) -> None:
        with self._lock:
            self._wanted = False
            taken = self._taken
        if taken is not None:
            taken.release()
