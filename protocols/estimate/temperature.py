"""How long a chamber takes: the way there at its ramp, then the soak."""

from __future__ import annotations

from collections.abc import Iterable

from protocols.plan import Estimate, PlanItem, SetTemperature

__all__ = ["ASSUMED_RAMP_K_PER_MIN", "ROOM_degC", "estimate_temperatures", "ramp_and_soak_s"]

ROOM_degC = 25.0
"""Where a chamber is taken to be at first."""
ASSUMED_RAMP_K_PER_MIN = 1.0
"""Where no ramp is written; an assumption, stated in the language reference."""


def ramp_and_soak_s(from_degC: float, target_degC: float, ramp_K_per_min: float | None, soak_s: float) -> float:
    """Return what a temperature step is expected to take."""
    return abs(target_degC - from_degC) / (ramp_K_per_min or ASSUMED_RAMP_K_PER_MIN) * 60 + soak_s


def estimate_temperatures(items: Iterable[PlanItem]) -> Estimate:
    """Return what the temperature steps of a plan take together, from room temperature on."""
    at_degC, duration_s = ROOM_degC, 0.0
    for item in items:
        if isinstance(item, SetTemperature):
            duration_s += ramp_and_soak_s(at_degC, item.target_degC, item.ramp_K_per_min, item.soak_s)
            at_degC = item.target_degC
    return Estimate(duration_s, 0, 0, 0)
