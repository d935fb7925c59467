"""What the board of a channel is and can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ChannelHardware"]


@dataclass(frozen=True, slots=True)
class ChannelHardware:
    """One channel board. Type 1 Essential, 2 Premium (of a VSP-300), 3 Premium-P, whose floats are IEEE."""

    board_type: int = 2
    memory_bytes: int = 4 * 2**20
    when_full: Literal["drop", "stop"] = "drop"
    """# unconfirmed on hardware: what a channel does when its memory is full"""
    least_range: int = 2
    greatest_range: int = 10
    voltage_noise_V: float = 2e-5
    current_noise_A: float = 1e-9
    seed: int = 0
