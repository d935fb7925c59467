"""Stops that people have ordered, and that the loop of their instrument has not come to: it may wait for a database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Set

__all__ = ["TAKEN_WITHIN_S", "StopsOrdered"]

TAKEN_WITHIN_S = 0.7
"""Wall seconds, as people count; longer than a turn of the loop takes that waits for nobody."""


class StopsOrdered:
    """Has a stop sent that the loop has not taken in time; the loop gives it again, writes it down and verifies it.

    ``send`` sends the stops of these runs without any bookkeeping.
    """

    def __init__(self, send: Callable[[Set[int]], Awaitable[None]]) -> None:
        self._send = send
        self._taken: set[int] = set()
        self._waiting: set[asyncio.Task[None]] = set()

    def expect(self, runs: Collection[int]) -> None:
        """A person wants these runs stopped."""
        if runs:
            task = asyncio.get_running_loop().create_task(self._unless_taken(frozenset(runs)))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    def taken(self, runs: Collection[int]) -> None:
        """The loop sends their stops."""
        self._taken.update(runs)

    def active(self, runs: Set[int]) -> None:
        """The others are over, and not asked about again."""
        self._taken &= runs

    def close(self) -> None:
        """Send nothing any more."""
        for task in self._waiting:
            task.cancel()

    async def _unless_taken(self, runs: frozenset[int]) -> None:
        await asyncio.sleep(TAKEN_WITHIN_S)
        left = runs - self._taken
        if left:
            await self._send(left)
