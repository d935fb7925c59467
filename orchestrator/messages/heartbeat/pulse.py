"""Whether the engine's loops turn: known from their sleeping on the clock, which each of them does once a turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.clock import Clock, Sleeper
from orchestrator.messages.heartbeat.lateness import Lateness

__all__ = ["STALLED_AFTER_S", "Pulse"]

STALLED_AFTER_S = 60.0
"""Longer than any exchange with an instrument may take."""


@dataclass(slots=True)
class _Turn:
    awake_since_s: float | None
    """On the process's monotonic clock: lab time stands still while a loop is awake. None: it sleeps."""
    due_s: float = 0.0
    """When its sleep ends, on the laboratory's monotonic clock."""
    once: bool = False
    """It has turned once: its instrument has been looked at, if in vain."""
    lateness: Lateness = field(default_factory=Lateness)
    steps: int = 0
    """How often it slept or asked what time it is: a turn that takes long asks again and again."""


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

    def stalled(self, after_s: float = STALLED_AFTER_S) -> str | None:
        """Which loop does not turn, in one line; None: all do."""
        for loop, turn in self._turns.items():
            late_s = self._late_s(turn)
            if late_s > after_s:
                return f"the loop of {loop} has not turned for {late_s:.0f} s"
        return None

    def overdue_s(self) -> float:
        """By how much the slowest loop is overdue: asleep beyond its time, or at its turn so long."""
        return max((max(self._late_s(turn), 0.0) for turn in self._turns.values()), default=0.0)

    def all_turned(self) -> bool:
        """Whether every loop has turned once."""
        return all(turn.once for turn in self._turns.values())

    def late_s(self, loop: str) -> float:
        """The latest that a turn of the last minute began after it was due."""
        turn = self._turns.get(loop)
        return 0.0 if turn is None else turn.lateness.latest_s(self._real())

    def getting_on(self) -> dict[str, int]:
        """How far each loop has got; without those that sleep and are not due. From any thread."""
        return {loop: turn.steps for loop, turn in self._turns.items() if self._is_due(turn)}

    def _is_due(self, turn: _Turn) -> bool:
        return turn.awake_since_s is not None or self._clock.monotonic() > turn.due_s

    def _late_s(self, turn: _Turn) -> float:
        if turn.awake_since_s is not None:
            return self._real() - turn.awake_since_s
        return self._clock.monotonic() - turn.due_s


class _NotingClock:
    def __init__(self, clock: Clock, turn: _Turn, real: Callable[[], float]) -> None:
        self._clock = clock
        self._turn = turn
        self._real = real

    def now(self) -> float:
        self._turn.steps += 1
        return self._clock.now()

    def monotonic(self) -> float:
        self._turn.steps += 1
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
        turn = self._turn
        turn.due_s = self._clock.monotonic() + max(unix_s - self._clock.now(), 0.0)
        turn.awake_since_s, turn.once = None, True
        turn.steps += 1
        try:
            return await self._sleeper.sleep_until(unix_s)
        finally:
            turn.awake_since_s = self._real()
            turn.steps += 1
            turn.lateness.add(turn.awake_since_s, self._clock.monotonic() - turn.due_s)

    def wake(self) -> None:
        self._sleeper.wake()

    async def close(self) -> None:
        await self._sleeper.close()
