"""Whether the trips that were found are on the disk: written while their stops are sent; neither waits long."""

from __future__ import annotations

import asyncio
from contextlib import suppress

__all__ = ["OnDisk"]


class OnDisk:
    """Between the watch, which finds trips, and the keeper, which writes them down. Used in the event loop alone."""

    def __init__(self) -> None:
        self._found = asyncio.Event()
        self._written = asyncio.Event()
        self._attended = False

    def found(self) -> None:
        """A trip was found: the keeper writes it down at once."""
        self._found.set()
        self._written.clear()

    def begin_writing(self) -> None:
        """What has been found so far is being written."""
        self._attended = True
        self._found.clear()

    def written(self) -> None:
        """It is on the disk, but for what was found meanwhile."""
        if not self._found.is_set():
            self._written.set()

    async def wait_found(self, within_s: float) -> None:
        """Wait for the next trip, at most so many wall seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._found.wait()

    async def wait_written(self, within_s: float) -> None:
        """Wait until all trips are on the disk, at most so many wall seconds; not where nobody writes them."""
        if self._attended:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._written.wait()
