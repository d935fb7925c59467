"""Whether somebody sets this computer's clock. Durations do not care; whoever reads times of day should know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from orchestrator.clock import Clock

__all__ = ["ClockWatch"]

_LOOK_EVERY_S = 1.0  # real seconds
_JUMP_S = 2.0
"""A clock that is kept by the network is slewed by far less between two looks."""


class ClockWatch:
    """Compares the wall clock with the monotonic one. A virtual lab's never differ."""

    def __init__(self, clock: Clock) -> None:
        self.jumps = 0
        """How often so far."""
        self._clock = clock
        self._offset_s = self._offset()

    async def run(self, told: Callable[[str], None]) -> None:
        """Look until cancelled. ``told`` hears of each jump in one line."""
        while True:
            if (line := self.look()) is not None:
                told(line)
            await asyncio.sleep(_LOOK_EVERY_S)

    def look(self) -> str | None:
        """Look once; what to say of a jump since the last look."""
        before_s, self._offset_s = self._offset_s, self._offset()
        jump_s = self._offset_s - before_s
        if abs(jump_s) <= _JUMP_S:
            return None
        self.jumps += 1
        slept = " (or the computer slept)" if jump_s > 0 else ""
        return f"the clock of this computer jumped by {jump_s:+.1f} s{slept}; durations go on by the monotonic clock"

    def _offset(self) -> float:
        return self._clock.now() - self._clock.monotonic()
