"""How fast free room shrinks, from a day of looks at it."""

from __future__ import annotations

from collections import deque

__all__ = ["ShrinkRate"]

_WINDOW_S = 86_400.0
_AT_LEAST_S = 3_600.0
_EVERY_S = 300.0


class ShrinkRate:
    """Of one disk. Nothing is said before an hour has been seen."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, float]] = deque()

    def take(self, at_s: float, free_B: float) -> float | None:
        """Take a look in; bytes a second since the oldest look of the last day, negative where room was made."""
        while self._looks and at_s - self._looks[0][0] > _WINDOW_S:
            self._looks.popleft()
        if not self._looks or at_s - self._looks[-1][0] >= _EVERY_S:
            self._looks.append((at_s, free_B))
        first_s, first_B = self._looks[0]
        return (first_B - free_B) / (at_s - first_s) if at_s - first_s >= _AT_LEAST_S else None
