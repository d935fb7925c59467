"""What is remembered between two looks at one instrument: since when it answers, and whether counts stand still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.contracts import ChannelState, ChannelStatus
from orchestrator.engine.view import Seen

__all__ = ["Observations"]


@dataclass
class Observations:
    """The latest look at an instrument. Lost with the process, and rebuilt by looking twice."""

    started_s: float
    lost_after_s: float
    statuses: Mapping[str, ChannelStatus] | None = None
    error: str | None = None
    looked_s: float = field(init=False)
    """When the latest look began; every instant here is of the engine's steady clock."""
    _reachable_since_s: float | None = None
    _last_success_s: float | None = None
    _before: Mapping[str, ChannelStatus] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.looked_s = self.started_s

    def succeeded(self, statuses: Mapping[str, ChannelStatus], began_s: float) -> None:
        """Take in a successful look."""
        self._before = self.statuses or {}
        if self._reachable_since_s is None:
            self._reachable_since_s = began_s
        self._last_success_s = self.looked_s = began_s
        self.statuses, self.error = statuses, None

    def failed(self, error: str, now_s: float) -> bool:
        """Take in a failed look, or an order that found nobody. Returns True when this error is news."""
        news = error != self.error
        self.statuses, self.error, self.looked_s = None, error, now_s
        self._reachable_since_s = None
        return news

    def of(
        self,
        channel: str,
        *,
        drained: bool = False,
        left_unread: bool = False,
        pauses: bool = True,
        unreadable: str | None = None,
    ) -> Seen:
        """What is known of one channel."""
        now, before = (self.statuses or {}).get(channel), self._before.get(channel)
        return Seen(
            status=now,
            reachable_since_s=self.started_s if self._reachable_since_s is None else self._reachable_since_s,
            silent_since_s=self.started_s if self._last_success_s is None else self._last_success_s,
            records_stable=_same(now, before, "records"),
            lost_after_s=self.lost_after_s,
            drained=drained,
            test_stable=_same(now, before, "tag") and _understood(now) is _understood(before),
            left_unread=left_unread,
            pauses=pauses,
            unreadable=unreadable,
        )


def _understood(status: ChannelStatus | None) -> bool:
    return status is not None and status.state is not ChannelState.UNKNOWN


def _same(now: ChannelStatus | None, before: ChannelStatus | None, what: str) -> bool:
    if now is None or before is None:
        return False
    return now.test_id == before.test_id and getattr(now, what) == getattr(before, what)
