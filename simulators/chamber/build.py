"""How a chamber is built and set up when the lab begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.chamber.controller import Tuning
from simulators.chamber.plant import Plant
from simulators.chamber.profile import Profile, ProfileStep

__all__ = ["ChamberBuild"]

_THERE_AND_BACK: Profile = (ProfileStep(60.0, 2.0 / 60, 600.0), ProfileStep(25.0, 2.0 / 60, 600.0))


@dataclass(frozen=True, slots=True)
class ChamberBuild:
    """Everything about a chamber that its clients cannot change, and what they find at first."""

    plant: Plant = field(default_factory=Plant)
    tuning: Tuning = field(default_factory=Tuning)
    air_degC: float = 25.0
    """Of air and load at the beginning; also the first set point."""
    low_degC: float = -40.0
    high_degC: float = 100.0
    """Limits of the set point."""
    trip_low_degC: float = -55.0
    trip_high_degC: float = 110.0
    """Of the limit controller."""
    noise_K: float = 0.01
    seed: int = 0
    profiles: Mapping[int, Profile] = field(default_factory=lambda: {1: _THERE_AND_BACK})
