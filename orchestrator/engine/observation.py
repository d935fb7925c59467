"""What is remembered between two looks at one instrument: since when it answers, and whether counts stand still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.contracts import ChannelStatus
from orchestrator.engine.view import Seen

__all__ = ["Observations"]


@dataclass
class Observations:
    """The latest look at an instrument. Lost with the process, and rebuilt by looking twice."""

    started_unix_s: float
    lost_after_s: float
    statuses: Mapping[str, ChannelStatus] | None = None
    error: str | None = None
    _reachable_since_unix_s: float | None = None
    _last_success_unix_s: float | None = None
    _counts_before: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)

    def succeeded(self, statuses: Mapping[str, ChannelStatus], now_unix_s: float) -> bool:
        """Take in a successful look. Returns True when the instrument had not answered before."""
        self._counts_before = {name: (status.test_id, status.records) for name, status in (self.statuses or {}).items()}
        returned = self._reachable_since_unix_s is None
        if self._reachable_since_unix_s is None:
            self._reachable_since_unix_s = now_unix_s
        self._last_success_unix_s = now_unix_s
        self.statuses, self.error = statuses, None
        return returned

    def failed(self, error: str) -> bool:
        """Take in a failed look. Returns True when this error is news."""
        news = error != self.error
        self.statuses, self.error = None, error
        self._reachable_since_unix_s = None
        return news

    def of(self, channel: str, *, drained: bool) -> Seen:
        """What is known of one channel."""
        status = (self.statuses or {}).get(channel)
        count = (status.test_id, status.records) if status is not None else None
        never = self.started_unix_s
        return Seen(
            status=status,
            reachable_since_unix_s=never if self._reachable_since_unix_s is None else self._reachable_since_unix_s,
            silent_since_unix_s=never if self._last_success_unix_s is None else self._last_success_unix_s,
            records_stable=count is not None and self._counts_before.get(channel) == count,
            lost_after_s=self.lost_after_s,
            drained=drained,
        )
