"""Whether a chamber is at its temperature: measured over a whole window, never assumed. Pure.

What counts are samples of the process value, one after the other. A sample outside the tolerance, one without a value,
and a silence longer than ``gap_max_s`` each begin the window anew. Times are of the engine's steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["FROZEN_AFTER_S", "Stability"]

FROZEN_AFTER_S = 600.0
"""A value that is the same to the last digit for so long while the chamber should move is no measurement."""
_SLOPE_OVER_S = 300.0


@dataclass(frozen=True, slots=True)
class Stability:
    """What the samples so far say about one target."""

    target_degC: float
    within_K: float
    gap_max_s: float
    since_s: float | None = None
    """Since when every sample has been within the tolerance; None: the latest was not."""
    last_s: float | None = None
    last_degC: float | None = None
    same_since_s: float | None = None
    """Since when the value has been the same to the last digit."""
    slope_K_per_min: float | None = None
    """Over the latest minutes; None: not known yet."""
    _slope_from: tuple[float, float] | None = None

    def add(self, at_s: float, process_degC: float | None) -> Stability:
        """Take in a sample that is later than those before; None where the sensor told nothing."""
        if process_degC is None:
            return replace(self, since_s=None, last_s=at_s, last_degC=None, same_since_s=None)
        broken = self.last_s is None or at_s - self.last_s > self.gap_max_s
        inside = abs(process_degC - self.target_degC) <= self.within_K
        since = at_s if broken or self.since_s is None else self.since_s
        same = self.same_since_s if process_degC == self.last_degC else at_s
        slope_from, slope = self._slope(at_s, process_degC, anew=broken)
        return replace(
            self,
            since_s=since if inside else None,
            last_s=at_s,
            last_degC=process_degC,
            same_since_s=same,
            slope_K_per_min=slope,
            _slope_from=slope_from,
        )

    def _slope(self, now_s: float, now_degC: float, *, anew: bool) -> tuple[tuple[float, float], float | None]:
        if anew or self._slope_from is None:
            return (now_s, now_degC), None
        passed_s = now_s - self._slope_from[0]
        if passed_s < _SLOPE_OVER_S:
            return self._slope_from, self.slope_K_per_min
        return (now_s, now_degC), (now_degC - self._slope_from[1]) / passed_s * 60

    @property
    def held_s(self) -> float:
        """For how long it has been stable, by the samples alone."""
        if self.since_s is None or self.last_s is None:
            return 0.0
        return self.last_s - self.since_s

    def reached(self, soak_s: float) -> bool:
        """Whether it has been stable for the whole of ``soak_s``; at least one sample counts."""
        return self.since_s is not None and self.held_s >= soak_s

    @property
    def away_K(self) -> float | None:
        """Process value minus target; None without a value."""
        return None if self.last_degC is None else self.last_degC - self.target_degC

    @property
    def frozen(self) -> bool:
        """Whether the value stands still to the last digit although the target is elsewhere."""
        if self.same_since_s is None or self.last_s is None or self.away_K is None:
            return False
        return abs(self.away_K) > self.within_K and self.last_s - self.same_since_s >= FROZEN_AFTER_S

    def seconds_to_go(self, ramp_K_per_min: float | None) -> float | None:
        """About how long until it is within the tolerance; None where nobody can tell."""
        if self.away_K is None:
            return None
        left_K = max(0.0, abs(self.away_K) - self.within_K)
        towards = None if self.slope_K_per_min is None else -self.slope_K_per_min * (1 if self.away_K > 0 else -1)
        rate = towards if towards is not None and towards > 0 else ramp_K_per_min
        return None if not rate else left_K / rate * 60
