"""The chamber's temperature controller and its limit controller: settings and what changes with every tick."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["ControlState", "Drive", "Tuning"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """PID; the derivative acts on the measurement, and the integral stands still where the output is at its limit."""

    gain_percent_K: float = 25.0
    integral_s: float = 240.0
    derivative_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Drive:
    """What holds for a stretch of ticks: all that somebody may set."""

    mode: str = "off"
    """``off``, ``auto`` or ``manual``."""
    target_degC: float = 25.0
    ramp_K_s: float = math.inf
    manual_percent: float = 0.0
    measured_degC: float | None = None
    """What a frozen sensor shows; NaN for one that has failed; None for one that works."""
    sensor_scale: float = 1.0
    sensor_offset_K: float = 0.0
    """How a sensor is wrong that works; the controller believes it."""
    heater_alive: bool = True
    door_open: bool = False
    trip_low_degC: float = -math.inf
    trip_high_degC: float = math.inf
    """Of the limit controller, whose sensor is its own."""


@dataclass(slots=True)
class ControlState:
    """What is carried from tick to tick."""

    air_degC: float
    load_degC: float
    measured_degC: float
    """Without noise; NaN where the sensor has failed."""
    set_point_degC: float
    """Where a ramp is just now."""
    integral_percent: float = 0.0
    derivative_percent: float = 0.0
    output_percent: float = 0.0
    """Positive heats."""
    tripped: bool = False
    lowest_degC: float = math.inf
    highest_degC: float = -math.inf
    """Measured, since these were last looked at; for alarms that latch."""
