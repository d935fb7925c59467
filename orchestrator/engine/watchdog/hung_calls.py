"""Naming a call into an instrument that does not come back. Every exchange has a time limit; libraries forget theirs.

It cannot be ended from here. It holds up its own instrument alone, and after some minutes the node ends itself, to be
started anew (:mod:`orchestrator.process.last_resort`).
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Sequence

from orchestrator.engine.watchdog.stall_watch import innermost, stack_of
from orchestrator.engine.worker import InstrumentWorker, UnderWay

__all__ = ["HUNG_AFTER_S", "HungCalls"]

_LOG = logging.getLogger(__name__)
HUNG_AFTER_S = 60.0
"""Several times longer than the time limit of any exchange."""
_LOOK_EVERY_S = 2.0


class HungCalls:
    """The workers of one node. ``real`` is a monotonic clock of real time, the one that workers use."""

    def __init__(
        self,
        workers: Sequence[InstrumentWorker],
        *,
        after_s: float = HUNG_AFTER_S,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = workers
        self._after_s = after_s
        self._real = real
        self._hung: dict[str, UnderWay] = {}

    async def run(self, hangs: Callable[[str, str], None], over: Callable[[str], None]) -> None:
        """Look until cancelled; ``hangs`` hears of an instrument and what is wrong, ``over`` of the end of it."""
        while True:
            self.look(hangs, over)
            await asyncio.sleep(_LOOK_EVERY_S)

    def look(self, hangs: Callable[[str, str], None], over: Callable[[str], None]) -> None:
        """Look once."""
        for worker in self._workers:
            call = worker.under_way
            if worker.name in self._hung and call is not self._hung[worker.name]:
                del self._hung[worker.name]
                over(worker.name)
            if call is not None and worker.name not in self._hung and self._real() - call.since_s > self._after_s:
                self._hung[worker.name] = call
                hangs(worker.name, self._name_it(worker.name, call))

    def _name_it(self, instrument: str, call: UnderWay) -> str:
        frame = sys._current_frames().get(call.thread)  # noqa: SLF001 - the documented way to another thread's stack
        where = "its thread has ended" if frame is None else f"it is in {innermost(frame)}"
        line = f"a call into {instrument} has not come back for {self._real() - call.since_s:.0f} s: {where}"
        _LOG.error("%s\n%s", line, "" if frame is None else stack_of(frame))
        return line
