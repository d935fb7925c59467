"""When what waits for a receiver is sent: storms are gathered, failures are tried again ever more slowly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.store.messages import Message
from orchestrator.store.outlets import Outlet

__all__ = ["Pace", "parcel"]


@dataclass(frozen=True, slots=True)
class Pace:
    """Real seconds."""

    gather_s: float = 2.0
    """A first alarm waits so long for others that come with it."""
    between_s: float = 30.0
    """After something was taken, what comes next waits, and goes out as one."""
    first_again_s: float = 5.0
    """After a failure; doubled after each that follows."""
    last_again_s: float = 300.0
    look_every_s: float = 0.5
    most: int = 500
    """Messages in one letter."""

    def again_after_s(self, failures: int) -> float:
        """How long a receiver is left alone after so many failures in a row."""
        return min(self.first_again_s * 2.0 ** min(failures - 1, 30), self.last_again_s)


def parcel(waiting: Sequence[Message], outlet: Outlet, pace: Pace, wall_unix_s: float) -> tuple[Message, ...]:
    """The messages to send now, as one letter; empty: none yet. A clock that was set back delays nothing.

    A test goes out at once and alone. What was begun once goes out again as it was.
    """
    tests = tuple(message for message in waiting if message.kind == "test")
    if tests:
        return tests[:1]
    if not waiting:
        return ()
    if outlet.failures and _within(outlet.tried_wall_unix_s, pace.again_after_s(outlet.failures), wall_unix_s):
        return ()
    begun = [message.bundle for message in waiting if message.bundle is not None]
    if begun:
        return tuple(message for message in waiting if message.bundle == begun[0])
    first = min(message.queued_wall_unix_s for message in waiting)
    if _within(first, pace.gather_s, wall_unix_s) or _within(outlet.taken_wall_unix_s, pace.between_s, wall_unix_s):
        return ()
    return tuple(waiting[: pace.most])


def _within(since: float | None, duration_s: float, now: float) -> bool:
    return since is not None and 0 <= now - since < duration_s
