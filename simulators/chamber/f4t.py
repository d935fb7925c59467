"""A Watlow F4T as its wires know it: the chamber in the unit that its communications use, ramp settings, events."""

from __future__ import annotations

import math
from typing import Literal

from simulators.chamber.chamber import ChamberRefusal, VirtualChamber

__all__ = ["EVENTS", "F4t", "RampAction", "Unit"]

EVENTS = 8
Unit = Literal["C", "F"]
RampAction = Literal["off", "startup", "set point", "both"]


class F4t:
    """What panel and wires share. Temperatures are in ``unit``, ramps per minute or hour as ``per_minute`` says.

    Where an event is given as the chamber's power, the chamber runs only while that event is on.
    """

    def __init__(self, chamber: VirtualChamber, power_event: int = 1, serial: int = 0) -> None:
        self.chamber = chamber
        self.serial = serial
        self.unit: Unit = "C"
        self.low_word_first = True
        self.per_minute = True
        self.idle_set_point = 25.0
        self.profile_number, self.profile_step = 1, 1
        self.events = [False] * EVENTS
        self._power_event = power_event
        self._mode = "auto"
        self._ramp_action: RampAction = "off"
        self._ramp_K_per_min = 1.0

    # ---- units

    def shown(self, degC: float) -> float:
        """Return a temperature in the unit of communications."""
        return degC if self.unit == "C" else degC * 1.8 + 32.0

    def meant_degC(self, value: float) -> float:
        """Return a temperature in degrees Celsius."""
        return value if self.unit == "C" else (value - 32.0) / 1.8

    @property
    def _kelvin(self) -> float:
        return 1.0 if self.unit == "C" else 1.8

    # ---- loop

    @property
    def process_value(self) -> float:
        """NaN where the sensor has failed."""
        return self.shown(self.chamber.process_degC)

    @property
    def sensor_failed(self) -> bool:
        """Whether the loop has an input error."""
        return math.isnan(self.chamber.process_degC)

    @property
    def set_point(self) -> float:
        """The user's."""
        return self.shown(self.chamber.drive.target_degC)

    @set_point.setter
    def set_point(self, value: float) -> None:
        self._apply_ramp()  # a profile may have left another one
        self.chamber.set_target(self.meant_degC(value))
        if self._ramp_action == "startup":
            self.chamber.jump()

    @property
    def active_set_point(self) -> float:
        """Where a ramp is just now."""
        return self.shown(self.chamber.state.set_point_degC)

    @property
    def mode(self) -> str:
        """Control mode as set."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        self._mode = mode
        self._apply()

    @property
    def active_mode(self) -> str:
        """Control mode in force."""
        return "off" if self.chamber.tripped else self.chamber.drive.mode

    def switch(self, *, on: bool) -> None:
        """Switch the chamber on or off as a hand at the panel does: its power event, and the loop with it."""
        if self._power_event:
            self.events[self._power_event - 1] = on
            self._mode = "auto" if on and self._mode == "off" else self._mode
        else:
            self._mode = "auto" if on else "off"
        self._apply()

    def reboot(self) -> None:
        """Come back from a loss of power: events off, no ramp, the set point that it was delivered with.

        # unconfirmed on hardware: what a chamber's maker lets an F4T do after a loss of power
        """
        self.events = [False] * EVENTS
        self._mode, self._ramp_action = "auto", "off"
        self.chamber.reboot()
        self._apply()
        self._apply_ramp()

    def start_profile(self, number: int) -> None:
        """Start a profile, which switches the chamber on. Raises ChamberRefusal."""
        self.chamber.start_profile(number)
        self.switch(on=True)

    def _apply(self) -> None:
        powered = not self._power_event or self.events[self._power_event - 1]
        self.chamber.change(mode=self._mode if powered else "off")

    # ---- ramp

    @property
    def ramp_action(self) -> RampAction:
        """When it ramps."""
        return self._ramp_action

    @ramp_action.setter
    def ramp_action(self, action: RampAction) -> None:
        self._ramp_action = action
        self._apply_ramp()

    @property
    def ramp_rate(self) -> float:
        """In units per minute or per hour."""
        return self._ramp_K_per_min * self._kelvin * (1 if self.per_minute else 60)

    @ramp_rate.setter
    def ramp_rate(self, rate: float) -> None:
        if not 0 <= rate <= 99_999:
            raise ChamberRefusal(f"a ramp of {rate:g} is outside 0 to 99999")
        self._ramp_K_per_min = rate / self._kelvin / (1 if self.per_minute else 60)
        self._apply_ramp()

    def _apply_ramp(self) -> None:
        ramps = self._ramp_action != "off" and self._ramp_K_per_min > 0
        self.chamber.change(ramp_K_s=self._ramp_K_per_min / 60 if ramps else math.inf)

    # ---- limits of the set point, in the unit of communications

    @property
    def low(self) -> float:
        """Lowest set point."""
        return self.shown(self.chamber.low_degC)

    @low.setter
    def low(self, value: float) -> None:
        self.chamber.low_degC = self.meant_degC(value)

    @property
    def high(self) -> float:
        """Highest set point."""
        return self.shown(self.chamber.high_degC)

    @high.setter
    def high(self, value: float) -> None:
        self.chamber.high_degC = self.meant_degC(value)

    # ---- events

    def set_event(self, number: int, *, on: bool) -> None:
        """Switch an event output, counted from 1."""
        self.events[number - 1] = on
        if number == self._power_event:
            self._apply()
