"""How late turns begin: the latest one of the last minute, in two numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Lateness"]

_WINDOW_S = 60.0


@dataclass(slots=True)
class Lateness:
    """The greatest of the present minute and of the one before it. Instants are of one monotonic clock."""

    _begun_s: float = float("-inf")
    _now_s: float = 0.0
    _before_s: float = 0.0

    def add(self, at_s: float, late_s: float) -> None:
        """Take in a turn; one that was woken before it was due is not late."""
        self._roll(at_s)
        self._now_s = max(self._now_s, late_s)

    def latest_s(self, at_s: float) -> float:
        """The greatest lateness of the last minute, or of up to two."""
        self._roll(at_s)
        return max(self._now_s, self._before_s)

    def _roll(self, at_s: float) -> None:
        passed_s = at_s - self._begun_s
        if passed_s < _WINDOW_S:
            return
        self._before_s = self._now_s if passed_s < 2 * _WINDOW_S else 0.0
        self._now_s, self._begun_s = 0.0, at_s
