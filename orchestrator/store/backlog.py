"""What waits for the Recorder's thread: in order, and bounded by weight so that a slow disk slows its feeders."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, Protocol, TypeVar

from orchestrator.store.errors import StoreUnavailable

__all__ = ["Backlog", "Weighed"]


class Weighed(Protocol):
    """A job that knows its weight."""

    @property
    def weight(self) -> int:
        """How much of the backlog's capacity it takes: its records, at least 1."""
        ...


J = TypeVar("J", bound=Weighed)


class Backlog(Generic[J]):
    """A queue between many threads that put and one that takes everything there is."""

    def __init__(self, capacity: int, *, patience_s: float) -> None:
        self._capacity = capacity
        self._patience_s = patience_s
        self._jobs: deque[J] = deque()
        self._weight = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, *jobs: J) -> None:
        """Append, all at once; waits while full, then raises StoreUnavailable, and likewise after ``close``."""
        with self._changed:
            if not self._changed.wait_for(self._has_room, self._patience_s):
                raise StoreUnavailable(
                    f"recorder: {len(self._jobs)} jobs ({self._weight} records) wait for the database; try again later"
                )
            if self._closed:
                raise StoreUnavailable("recorder: it is closed; the node is shutting down")
            self._jobs.extend(jobs)
            self._weight += sum(job.weight for job in jobs)
            self._changed.notify_all()

    def take(self, weight: int) -> list[J]:
        """Wait for jobs and return the oldest, up to about ``weight`` (at least one); nothing once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._jobs) or self._closed)
            taken: list[J] = []
            while self._jobs and (not taken or weight >= self._jobs[0].weight):
                taken.append(self._jobs.popleft())
                weight -= taken[-1].weight
                self._weight -= taken[-1].weight
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Let nothing in any more; what is in can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        """Jobs that wait."""
        with self._changed:
            return len(self._jobs)

    @property
    def weight(self) -> int:
        """Weight of the jobs that wait."""
        with self._changed:
            return self._weight

    def _has_room(self) -> bool:
        # A job heavier than the capacity must pass too: it enters an empty backlog.
        return self._closed or self._weight < self._capacity
