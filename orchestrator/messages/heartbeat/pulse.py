"""Whether the engine's loops turn: known from their sleeping on the clock, which each of them does once a turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.clock import Clock, Sleeper

__all__ = ["STALLED_AFTER_S", "Pulse"]

STALLED_AFTER_S = 60.0
"""Longer than any exchange with an instrument may take."""


@dataclass(slots=True)
class _Turn:
    awake_since_s: float | None
    """On the process's monotonic clock: lab time stands still while a loop is awake. None: it sleeps."""
    due_s: float = 0.0
    """When its sleep ends, on the laboratory's monotonic clock."""


class Pulse:
    """Hands each loop a clock that notes when the loop sleeps. ``real`` is a monotonic clock of real time."""

    def __init__(self, clock: Clock, real: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._real = real
        self._turns: dict[str, _Turn] = {}

    def clock_of(self, loop: str) -> Clock:
        """The clock for this loop, which from now on has to turn."""
        turn = self._turns[loop] = _Turn(self._real())
        return _NotingClock(self._clock, turn, self._real)

    def stalled(self) -> str | None:
        """Which loop does not turn, in one line; None: all do."""
        for loop, turn in self._turns.items():
            if turn.awake_since_s is not None:
                late_s = self._real() - turn.awake_since_s
            else:
                late_s = self._clock.monotonic() - turn.due_s
            if late_s > STALLED_AFTER_S:
                return f"the loop of {loop} has not turned for {late_s:.0f} s"
        return None


class _NotingClock:
    def __init__(self, clock: Clock, turn: _Turn, real: Callable[[], float]) -> None:
        self._clock = clock
        self._turn = turn
        self._real = real

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleeper(self, name: str) -> Sleeper:
        return _NotingSleeper(self._clock, self._clock.sleeper(name), self._turn, self._real)

    async def close(self) -> None:
        await self._clock.close()


class _NotingSleeper:
    def __init__(self, clock: Clock, sleeper: Sleeper, turn: _Turn, real: Callable[[], float]) -> None:
        self._clock = clock
        self._sleeper = sleeper
        self._turn = turn
        self._real = real

    async def sleep_until(self, unix_s: float) -> bool:
        self._turn.due_s = self._clock.monotonic() + max(unix_s - self._clock.now(), 0.0)
        self._turn.awake_since_s = None
        try:
            return await self._sleeper.sleep_until(unix_s)
        finally:
            self._turn.awake_since_s = self._real()

    def wake(self) -> None:
        self._sleeper.wake()

    async def close(self) -> None:
        await self._sleeper.close()
