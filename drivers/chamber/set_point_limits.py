"""How far a chamber may be set: its own limits, the lab file's, and the narrower of both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.errors import Refused, Unsafe

__all__ = ["SetPointLimits", "check_finite"]

_FASTEST_K_per_min = 1000.0
"""No chamber comes near it."""
_ROUNDING_K = 1e-4
"""Of a limit that came as a 32-bit float in degrees Fahrenheit."""


@dataclass(frozen=True, slots=True)
class SetPointLimits:
    """Lowest and highest set point; None where one side sets none."""

    lab_degC: tuple[float, float] | None
    chamber_degC: tuple[float, float] | None

    def narrower_degC(self) -> tuple[float, float]:
        """What both allow. Raises Refused where they allow nothing together."""
        given = [pair for pair in (self.lab_degC, self.chamber_degC) if pair is not None]
        low, high = max(pair[0] for pair in given), min(pair[1] for pair in given)
        if low >= high:
            raise Refused(f"no set point is allowed: {self}; correct `temperature` in the lab file")
        return low, high

    def check(self, target_degC: float) -> None:
        """Raise Unsafe for a target outside."""
        low, high = self.narrower_degC()
        if not low - _ROUNDING_K <= target_degC <= high + _ROUNDING_K:
            raise Unsafe(f"set point {target_degC:g} degC is outside {low:g} … {high:g} degC: {self}")

    def __str__(self) -> str:
        """Both, for messages."""
        return f"lab file {_shown(self.lab_degC)}, chamber {_shown(self.chamber_degC)}"


def check_finite(target_degC: float, ramp_K_per_min: float | None) -> None:
    """Raise Unsafe for what is no temperature, or no ramp."""
    if not math.isfinite(target_degC):
        raise Unsafe(f"set point {target_degC} degC is no temperature")
    if ramp_K_per_min is not None and not 0 < ramp_K_per_min <= _FASTEST_K_per_min:
        raise Unsafe(
            f"ramp {ramp_K_per_min} K/min is none; leave it out, or write one above 0 and up to {_FASTEST_K_per_min:g}"
        )


def _shown(pair: tuple[float, float] | None) -> str:
    return "none" if pair is None else f"{pair[0]:g} … {pair[1]:g} degC"
