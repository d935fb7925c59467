"""The wall clock of the instrument's PC, which somebody may set under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulators.neware.local_time import local_time

__all__ = ["WallClock"]


@dataclass(slots=True)
class WallClock:
    """Right at first. What was written before somebody set it stays as it was written."""

    zone: ZoneInfo
    _jumps: list[tuple[float, float]] = field(default_factory=list)

    def jump(self, at_unix_s: float, by_s: float) -> None:
        """Be set by so much at an instant of lab time."""
        self._jumps.append((at_unix_s, by_s))

    def shown_unix_s(self, unix_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """What it showed at instants of lab time, as if it were right."""
        shown = unix_s
        for at_unix_s, by_s in self._jumps:
            shown = shown + np.where(unix_s > at_unix_s, by_s, 0.0)
        return shown

    def text(self, unix_s: float) -> str:
        """What it showed at an instant: ``2026-01-05 08:00:00``."""
        return local_time(float(self.shown_unix_s(np.array([unix_s]))[0]), self.zone)
