"""The lab's clock: stands still while anybody thinks, jumps when everybody sleeps."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable

from simulators.lab.refusal import LabRefusal

__all__ = ["Attachment", "LabClock"]

OnWake = Callable[[float, bool], None]
"""Called once when a sleep ends, with the lab time in unix seconds and whether it was woken before its time."""


class Attachment:
    """One node on the clock: awake, or asleep until an instant that it named."""

    def __init__(self, clock: LabClock, name: str) -> None:
        self.name = name
        self.until_unix_s = math.inf
        self._clock = clock
        self._on_wake: OnWake | None = None

    @property
    def asleep(self) -> bool:
        """Whether a sleep is pending."""
        return self._on_wake is not None

    def sleep(self, until_unix_s: float, on_wake: OnWake) -> None:
        """Name the next wake-up; ``on_wake`` is called at that lab time, at once where it is already past."""
        if self.asleep:
            raise LabRefusal(f"{self.name} sleeps already: wait for its answer, or wake it")
        if not math.isfinite(until_unix_s):
            raise LabRefusal("until_unix_s must be a finite instant")
        self.until_unix_s, self._on_wake = until_unix_s, on_wake
        self._clock.settle()

    def wake(self) -> None:
        """End a pending sleep before its time; nothing happens while awake."""
        self.rouse(woken=True)

    def rouse(self, *, woken: bool) -> None:
        """Tell the sleeper; from here on it counts as awake."""
        if (on_wake := self._on_wake) is not None:
            self._on_wake = None
            on_wake(self._clock.now_unix_s, woken)

    def detach(self) -> None:
        """Leave the clock; a pending sleep gets no answer any more."""
        self._on_wake = None
        self._clock.release(self)


class LabClock:
    """Lab time in unix seconds.

    With nodes attached it stands still while one of them is awake and jumps to the earliest wake-up when all sleep.
    With none attached it runs on at ``speed_without_node`` lab seconds per second.
    """

    def __init__(
        self, start_unix_s: float, speed_without_node: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._base_unix_s = start_unix_s
        self._base_monotonic_s = monotonic()
        self._monotonic = monotonic
        self._speed = speed_without_node
        self._attachments: list[Attachment] = []
        self._alarms: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._holds = 0
        self._then: list[Callable[[], None]] = []

    @property
    def now_unix_s(self) -> float:
        """Lab time now."""
        if self._attachments:
            return self._base_unix_s
        return self._base_unix_s + (self._monotonic() - self._base_monotonic_s) * self._speed

    @property
    def nodes(self) -> list[str]:
        """Names of the attached nodes."""
        return [attachment.name for attachment in self._attachments]

    def attach(self, name: str) -> Attachment:
        """Let a node hold the clock from now on; it is awake."""
        self._rebase(self.now_unix_s)
        attachment = Attachment(self, name)
        self._attachments.append(attachment)
        return attachment

    def release(self, attachment: Attachment) -> None:
        """Forget a node; the others may now all be asleep, or time may run free."""
        if attachment in self._attachments:
            now_unix_s = self.now_unix_s
            self._attachments.remove(attachment)
            self._rebase(now_unix_s)
            self.settle()

    @property
    def has_alarms(self) -> bool:
        """Whether anything is still to be called."""
        return bool(self._alarms)

    def call_at(self, unix_s: float, act: Callable[[], None]) -> None:
        """Call once when lab time is there, before any node that sleeps as long is roused; what is past, at once next.

        Of several at one instant the first asked for comes first. With no node attached somebody has to ``settle``.
        """
        heapq.heappush(self._alarms, (unix_s, next(self._order), act))

    def hold(self) -> None:
        """Rouse no sleeper until ``let_go``: something that takes wall time belongs to the present instant."""
        self._holds += 1

    def let_go(self) -> None:
        """End one hold."""
        self._holds -= 1
        self.settle()
        while self._then and not self._holds:
            self._then.pop(0)()

    def when_settled(self, act: Callable[[], None]) -> None:
        """Call once the present instant is over with all that belongs to it: at once where nothing holds it."""
        if self._holds:
            self._then.append(act)
        else:
            act()

    def settle(self) -> None:
        """Jump to the earliest wake-up if every attached node sleeps, and rouse those whose time has come."""
        while not self._holds and self._alarms and self._alarms[0][0] <= self._goal_unix_s():
            self._ring()
        if not self._holds:
            if self._attachments:
                self._rebase(self._goal_unix_s())
            self._rouse_due()

    def _goal_unix_s(self) -> float:
        """How far time may go: to the earliest wake-up where all sleep, else no further."""
        if self._attachments and all(attachment.asleep for attachment in self._attachments):
            return max(self._base_unix_s, min(attachment.until_unix_s for attachment in self._attachments))
        return self.now_unix_s

    def _ring(self) -> None:
        unix_s, _, act = heapq.heappop(self._alarms)
        if self._attachments:
            self._rebase(max(self._base_unix_s, unix_s))
        act()

    def advance(self, by_s: float) -> None:
        """Move time on by hand; refused while a node is attached, because time is then the nodes'."""
        if self._attachments:
            raise LabRefusal(f"time belongs to the attached nodes: {', '.join(self.nodes)}")
        if not (math.isfinite(by_s) and by_s >= 0):
            raise LabRefusal("by_s must be finite and not negative")
        goal_unix_s = self.now_unix_s + by_s
        while self._alarms and self._alarms[0][0] <= goal_unix_s:
            unix_s, _, act = heapq.heappop(self._alarms)
            self._rebase(max(self.now_unix_s, unix_s))
            act()
        self._rebase(max(self.now_unix_s, goal_unix_s))

    def set_speed(self, factor: float) -> None:
        """Set how many lab seconds pass per second while no node is attached."""
        if not (math.isfinite(factor) and factor >= 0):
            raise LabRefusal("factor must be finite and not negative")
        self._rebase(self.now_unix_s)
        self._speed = factor

    def _rebase(self, now_unix_s: float) -> None:
        self._base_unix_s = now_unix_s
        self._base_monotonic_s = self._monotonic()

    def _rouse_due(self) -> None:
        for attachment in list(self._attachments):
            if attachment.asleep and attachment.until_unix_s <= self._base_unix_s:
                attachment.rouse(woken=False)
