"""How soon the channels' memories have to be emptied again."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.biologic.channel_report import ChannelReport

__all__ = ["LookPace"]

_FILL_MAX = 0.05
_MARGIN = 4.0
"""Rows may come so many times faster than between the last two looks: another technique records otherwise."""
_SILENT_s = 60.0
"""While a test runs and nothing has come: nobody knows how fast rows will."""
_FIRST_s = 1.0
"""Before it is known how fast."""


@dataclass
class LookPace:
    """Follows the reports of every look."""

    _looked_s: float | None = None
    _test_ids: dict[int, str | None] = field(default_factory=dict)
    _within_s: float = math.inf

    @property
    def within_s(self) -> float:
        """Seconds until the next look at the latest; infinite while no channel records for us."""
        return self._within_s

    def look(self, reports: Iterable[ChannelReport], now_s: float) -> None:
        """Take in one look at all channels."""
        passed_s = now_s - self._looked_s if self._looked_s is not None else 0.0
        self._looked_s = now_s
        known = self._test_ids
        recording = [it for it in reports if it.ours and not it.complete]
        self._test_ids = {it.channel: it.test_id for it in recording}
        same = {it.channel for it in recording if known.get(it.channel) == it.test_id}
        self._within_s = min(
            (_within_s(it, passed_s if it.channel in same else 0.0) for it in recording), default=math.inf
        )

    def soon(self) -> None:
        """A start was given."""
        self._within_s = min(self._within_s, _FIRST_s)


def _within_s(report: ChannelReport, passed_s: float) -> float:
    if report.left:
        return 0.0
    if passed_s <= 0:
        return _FIRST_s
    came_bytes_a_second = report.taken_bytes / passed_s
    if came_bytes_a_second <= 0:
        return _SILENT_s
    room_bytes = max(0.0, _FILL_MAX * report.memory_bytes - report.filled_bytes)
    return room_bytes / came_bytes_a_second / _MARGIN
