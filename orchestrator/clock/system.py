"""The system's clock, for real instruments."""

from __future__ import annotations

import asyncio
import time

__all__ = ["SystemClock"]


class _SystemSleeper:
    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._woken = asyncio.Event()

    async def sleep_until(self, unix_s: float) -> bool:
        try:
            # The event loop waits by the monotonic clock: a step of the wall clock does not change the wait.
            await asyncio.wait_for(self._woken.wait(), max(0.0, unix_s - self._clock.now()))
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def wake(self) -> None:
        self._woken.set()

    async def close(self) -> None:
        return


class SystemClock:
    """Unix time that follows the operating system when read, and its monotonic clock when waiting."""

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds of the operating system's monotonic clock."""
        return time.monotonic()

    def sleeper(self, name: str) -> _SystemSleeper:  # noqa: ARG002 - the name matters to a virtual clock only
        """Join the clock."""
        return _SystemSleeper(self)

    async def close(self) -> None:
        """Nothing to let go of."""
