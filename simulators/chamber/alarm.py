"""Alarms on the process value, and the limit controller's own word."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["Alarm", "AlarmState"]

AlarmState = Literal["none", "high", "low", "error"]


@dataclass(slots=True)
class Alarm:
    """One process alarm; without limits it never comes by itself."""

    low_degC: float = -math.inf
    high_degC: float = math.inf
    latching: bool = False
    forced: bool = False
    """Set from the control port, whatever is measured."""
    state: AlarmState = "none"

    @property
    def active(self) -> bool:
        """Whether it stands."""
        return self.forced or self.state != "none"

    def look(self, measured_degC: float, lowest_degC: float, highest_degC: float) -> None:
        """Judge what was measured since the last look: the extremes count where the alarm latches."""
        if self.latching and self.state != "none":
            return
        if not self.latching:
            lowest_degC = highest_degC = measured_degC
        if math.isnan(measured_degC):
            self.state = "error"
        elif highest_degC > self.high_degC:
            self.state = "high"
        else:
            self.state = "low" if lowest_degC < self.low_degC else "none"
