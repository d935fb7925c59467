"""What a channel can do, and how well it measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ChannelAccuracy", "ChannelHardware"]

ChannelAccuracy = Literal["ideal", "neware_5V_50mA"]


@dataclass(frozen=True, slots=True)
class ChannelHardware:
    """Range and measurement noise of one channel; the defaults are a CT-4008Tn 5 V 50 mA's, noise as recorded."""

    voltage_max_V: float = 5.0
    current_max_A: float = 0.05
    voltage_min_V: float = -5.0
    voltage_noise_V: float = 2e-5
    """Standard deviation of one record."""
    current_noise_A: float = 1e-9
    accuracy: ChannelAccuracy = "ideal"
    """Whose offset, gain and counts its meters have; ideal has none."""
    seed: int = 0
