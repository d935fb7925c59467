"""What a clock is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Clock", "Sleeper"]


class Sleeper(Protocol):
    """One task's place on the clock: the task is awake except while it sleeps here.

    A virtual lab's time moves only while every task of the node sleeps, so a task that does something in the world
    holds a sleeper from before the first instant that matters until after the last.
    """

    async def sleep_until(self, unix_s: float) -> bool:
        """Sleep to this instant. Returns True when woken early by :meth:`wake`."""
        ...

    def wake(self) -> None:
        """End this sleeper's sleep at once, or its next one if it is awake. Only from the event loop's thread."""
        ...

    async def close(self) -> None:
        """Leave the clock; the task no longer holds time back."""
        ...


class Clock(Protocol):
    """The time of the laboratory."""

    def now(self) -> float:
        """Unix time in seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go forward, for durations; the zero is arbitrary."""
        ...

    def sleeper(self, name: str) -> Sleeper:
        """Join the clock as a task that is awake from now on."""
        ...

    async def close(self) -> None:
        """Let go of the clock."""
        ...
