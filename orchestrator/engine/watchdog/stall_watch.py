"""Whether the event loop turns. A loop that is blocked cannot say so: a thread of its own looks, and names the culprit.

Instruments do not notice: they run their programs by themselves, and what they recorded is read afterwards.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType

__all__ = ["STALL_AFTER_S", "StallWatch", "innermost", "stack_of"]

_LOG = logging.getLogger(__name__)
STALL_AFTER_S = 5.0
_BEATS = 20
"""Beats, and looks at them, in the time after which the loop counts as stalled."""


class StallWatch:
    """Beats in the event loop and looks from a thread. ``real`` is a monotonic clock of real time."""

    def __init__(self, *, after_s: float = STALL_AFTER_S, real: Callable[[], float] = time.monotonic) -> None:
        self.stalls = 0
        """How often it stood still so far."""
        self.beats = 0
        """How often it beat so far."""
        self._after_s = after_s
        self._every_s = after_s / _BEATS
        self._real = real
        self._beat_s = real()
        self._where = ""
        """What the loop's thread was at, while it does not beat."""
        self._logged = False
        self._loop_thread = 0
        self._ended = threading.Event()

    async def run(self, told: Callable[[str], None]) -> None:
        """Beat until cancelled. ``told`` hears, in one line, of each standstill when it is over."""
        self._loop_thread, self._beat_s = threading.get_ident(), self._real()
        watcher = threading.Thread(target=self._look_until_ended, name="stall-watch", daemon=True)
        watcher.start()
        try:
            while True:
                await asyncio.sleep(self._every_s)
                if (line := self._beat()) is not None:
                    told(line)
        finally:
            self._ended.set()

    def where(self) -> str:
        """Where the loop's thread is, in a few words."""
        frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 - the documented way to another thread's stack
        return "a thread that has ended" if frame is None else innermost(frame)

    def _beat(self) -> str | None:
        self.beats += 1
        now_s = self._real()
        stood_s = now_s - self._beat_s - self._every_s
        where, self._where, self._beat_s, self._logged = self._where, "", now_s, False
        if stood_s <= self._after_s:
            return None
        self.stalls += 1
        if where:
            return f"the event loop stood still for {stood_s:.1f} s in {where}; nothing was looked at meanwhile"
        why = "suspended, or one call held everything"
        return f"the whole process stood still for {stood_s:.1f} s ({why}); nothing was looked at meanwhile"

    def _look_until_ended(self) -> None:
        looked_s = self._real()
        while not self._ended.wait(self._every_s):
            now_s = self._real()
            stood_still_too = now_s - looked_s - self._every_s > self._after_s / 2
            looked_s = now_s
            if not stood_still_too:
                self._look(now_s - self._beat_s - self._every_s)

    def _look(self, late_s: float) -> None:
        """Half-way to a stall it is noted where the loop is: a computer that is busy may not look again in time."""
        if late_s <= self._after_s / 2 or self._logged:
            return
        frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 - the documented way to another thread's stack
        if frame is None:
            return
        self._where = innermost(frame)
        if late_s > self._after_s:
            self._logged = True
            _LOG.error("the event loop has not turned for %.1f s; it is in\n%s", late_s, stack_of(frame))


def innermost(frame: FrameType) -> str:
    """Where a thread is, in a few words: ``socket.py:712 (recv)``."""
    last = traceback.extract_stack(frame)[-1]
    return f"{last.filename.replace(chr(92), '/').rpartition('/')[2]}:{last.lineno} ({last.name})"


def stack_of(frame: FrameType) -> str:
    """Where a thread is, line by line, as a traceback has it."""
    return "".join(traceback.format_stack(frame)).rstrip()
