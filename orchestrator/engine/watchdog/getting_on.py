"""Whether everything in a node gets on: its event loop, and the loop of each instrument.

A loop gets on while it turns, asks what time it is, or hears from its instrument. So one that is slow, with a long
backfill or on a busy computer, is told apart from one that hangs. Asked from a thread of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Mapping, Sequence

from orchestrator.engine.watchdog.stall_watch import StallWatch, innermost
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.messages.heartbeat.pulse import Pulse

__all__ = ["GettingOn"]

_EVENT_LOOP = "event_loop"
_ENDING = "ending"
_DATABASE_AWAY_S = 30.0
"""Longer than a commit takes. Loops may wait for the database then; a new process would not even start, and this one
still obeys the STOP file."""


class GettingOn:
    """What the last resort of a node looks at. ``real`` is a monotonic clock of real time."""

    def __init__(
        self,
        pulse: Pulse,
        workers: Sequence[InstrumentWorker],
        stalls: StallWatch,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pulse = pulse
        self._workers = {worker.name: worker for worker in workers}
        self._stalls = stalls
        self._real = real
        self._stored_s = real()
        self._ends = False

    def stored(self) -> None:
        """The database has just taken something."""
        self._stored_s = self._real()

    def ends(self) -> None:
        """From now on the node does nothing but end."""
        self._ends = True

    def marks(self) -> Mapping[str, Hashable]:
        """How far each has got that should be getting on now."""
        if self._ends:
            return {_ENDING: None}
        marks: dict[str, Hashable] = {_EVENT_LOOP: self._stalls.beats}
        if self._real() - self._stored_s <= _DATABASE_AWAY_S:
            for loop, steps in self._pulse.getting_on().items():
                worker = self._workers.get(loop)
                marks[loop] = (steps, worker and (worker.under_way, worker.exchanges))
        return marks

    def named(self, what: str, stood_s: float) -> str:
        """What stood still, and where, in one line."""
        if what == _EVENT_LOOP:
            return f"the event loop stood still for {stood_s:.0f} s in {self._stalls.where()}"
        if what == _ENDING:
            return f"the node was to end, and had not {stood_s:.0f} s later"
        where = self._call_into(what)
        if where is None:
            return f"the loop of {what} stood still for {stood_s:.0f} s"
        return f"the loop of {what} stood still for {stood_s:.0f} s: a call into it is in {where}"

    def _call_into(self, instrument: str) -> str | None:
        worker = self._workers.get(instrument)
        call = None if worker is None else worker.under_way
        if call is None:
            return None
        frame = sys._current_frames().get(call.thread)  # noqa: SLF001 - the documented way to another thread's stack
        return None if frame is None else innermost(frame)
