"""The virtual chamber: what it is at any instant of lab time, and what may be done to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.chamber.alarm import Alarm
from simulators.chamber.build import ChamberBuild
from simulators.chamber.controller import ControlState, Drive
from simulators.chamber.history import ROW_TICKS, ChamberHistory, ROW_s
from simulators.chamber.plant import plant_step
from simulators.chamber.profile import ProfileRun, ProfileStep
from simulators.chamber.sensor_noise import SensorNoise
from simulators.chamber.ticks import TICK_s, run_ticks

__all__ = ["ALARMS", "ChamberRefusal", "VirtualChamber"]

ALARMS = 4
_CLOCK_SLACK_s = 1e-6


class ChamberRefusal(Exception):
    """The chamber does not do that; the message says why."""


class VirtualChamber:
    """One chamber under lab time, in degrees Celsius. Every look and every change first brings it to the present.

    It is computed on ticks of two seconds since the lab's beginning; a change takes effect at the next tick. So nothing
    depends on when, or how often, anybody looks.
    """

    def __init__(self, build: ChamberBuild, now_unix_s: Callable[[], float]) -> None:
        self.build = build
        self.low_degC, self.high_degC = build.low_degC, build.high_degC
        """Limits of the set point."""
        self.alarms = [Alarm(build.low_degC - 5, build.high_degC + 5), *(Alarm() for _ in range(ALARMS - 1))]
        self.profile = ProfileRun()
        self.begin_unix_s = now_unix_s()
        self._now_unix_s = now_unix_s
        self._tick = 0
        self._plant = build.plant
        self._drive = Drive(
            target_degC=build.air_degC, trip_low_degC=build.trip_low_degC, trip_high_degC=build.trip_high_degC
        )
        at_first = build.air_degC
        self._state = ControlState(at_first, at_first, at_first, at_first)
        self._step = plant_step(self._plant, door_open=False, step_s=TICK_s)
        self._noise = SensorNoise(build.seed, build.noise_K)
        self.history = ChamberHistory()
        self._settled = False
        self.history.enter(self._state, self._drive)

    # ---- time

    @property
    def now_unix_s(self) -> float:
        """Lab time."""
        return self._now_unix_s()

    def advance(self) -> None:
        """Bring it to the present, through whatever its profile does on the way."""
        now_unix_s = self._now_unix_s()
        while self.profile.state == "running" and self.profile.due_unix_s <= now_unix_s:
            self._advance_to(self.profile.due_unix_s)
            step = self.profile.next(self._state.set_point_degC)
            if step is not None:
                self._follow(step)
        self._advance_to(now_unix_s)

    def _advance_to(self, unix_s: float) -> None:
        ticks = math.floor((unix_s - self.begin_unix_s + _CLOCK_SLACK_s) / TICK_s) - self._tick
        while ticks > 0:
            ticks -= self._take(ticks)
        state = self._state
        for alarm in self.alarms:
            alarm.look(state.measured_degC, state.lowest_degC, state.highest_degC)
        state.lowest_degC, state.highest_degC = math.inf, -math.inf

    def _take(self, most: int) -> int:
        """Take up to so many ticks, no further than the next row; all whole rows at once where nothing moves."""
        into_row = self._tick % ROW_TICKS
        if self._settled and not into_row and most >= ROW_TICKS:
            rows = most // ROW_TICKS
            self.history.repeat(rows)
            self._tick += rows * ROW_TICKS
            return rows * ROW_TICKS
        count = min(most, ROW_TICKS - into_row)
        if not self._settled:
            run_ticks(self._state, self._drive, self.build.tuning, self._plant, self._step, count)
        self._tick += count
        if into_row + count == ROW_TICKS:
            self._settled = self.history.enter(self._state, self._drive)
        return count

    # ---- what it is

    @property
    def drive(self) -> Drive:
        """All that somebody has set."""
        return self._drive

    @property
    def state(self) -> ControlState:
        """What it is now; to be read only."""
        self.advance()
        return self._state

    @property
    def process_degC(self) -> float:
        """Process value as its sensor shows it; NaN where that has failed."""
        measured_degC = self.state.measured_degC
        if self._drive.measured_degC is not None:
            return self._drive.measured_degC
        return measured_degC + self._noise.at_K(self._tick)

    @property
    def tripped(self) -> bool:
        """Whether the limit controller has switched it off."""
        return self.state.tripped

    def truth(self) -> dict[str, Any]:
        """Everything about it, ready for JSON."""
        process_degC, state, drive = self.process_degC, self._state, self._drive
        return {
            "now_unix_s": self.now_unix_s,
            "air_degC": state.air_degC,
            "load_degC": state.load_degC,
            "process_degC": None if math.isnan(process_degC) else process_degC,
            "target_degC": drive.target_degC,
            "set_point_degC": state.set_point_degC,
            "output_percent": state.output_percent,
            "mode": drive.mode,
            "tripped": state.tripped,
            "door_open": drive.door_open,
            "heater_alive": drive.heater_alive,
            "alarms": [alarm.active for alarm in self.alarms],
            "profile": self.profile.state,
        }

    def ledger(self) -> dict[str, NDArray[np.float64]]:
        """One row every ten seconds up to now: what the wire could have read then, and the truth beside it."""
        self.advance()
        columns = self.history.columns()
        count = len(self.history)
        noise_K = self._noise.every_K(count, ROW_TICKS)
        return {
            "unix_time_s": np.asarray(self.begin_unix_s + ROW_s * np.arange(count)),
            "process_degC": columns["measured"] + noise_K * columns["sensor_works"],
            "target_degC": columns["target"],
            "set_point_degC": columns["set_point"],
            "output_percent": columns["output"],
            "air_degC": columns["air"],
            "load_degC": columns["load"],
        }

    # ---- what may be done to it

    def change(self, **changes: Any) -> None:
        """Change the drive from the next tick on."""
        self.advance()
        before, self._drive = self._drive, replace(self._drive, **changes)
        if before.door_open != self._drive.door_open:
            self._step = plant_step(self._plant, door_open=self._drive.door_open, step_s=TICK_s)
        if before.mode == "off" and self._drive.mode != "off" and not math.isnan(self._state.measured_degC):
            # unconfirmed on hardware: where a ramp begins when the chamber is switched on
            self._state.set_point_degC = self._state.measured_degC
        if self._drive.mode == "off" or math.isinf(self._drive.ramp_K_s):
            self._state.set_point_degC = self._drive.target_degC
        self._settled = False

    def set_target(self, target_degC: float) -> None:
        """Set where it is to go; raises ChamberRefusal outside its limits."""
        if not self.low_degC <= target_degC <= self.high_degC:
            raise ChamberRefusal(f"{target_degC:g} degC is outside {self.low_degC:g} to {self.high_degC:g} degC")
        self.change(target_degC=target_degC)

    def jump(self) -> None:
        """Leave out the ramp to the present target."""
        self.advance()
        self._state.set_point_degC = self._drive.target_degC

    def set_load(self, heat_capacity_J_K: float, heat_W: float) -> None:
        """Put something else inside, at the temperature of what was there."""
        self.advance()
        self._plant = replace(self._plant, load_J_K=heat_capacity_J_K, load_heat_W=heat_W)
        self._step = plant_step(self._plant, door_open=self._drive.door_open, step_s=TICK_s)
        self._settled = False

    def freeze_sensor(self) -> None:
        """Let the sensor show from now on what it shows now."""
        self.change(measured_degC=self.process_degC)

    def trip(self) -> None:
        """Let the limit controller switch off; it latches."""
        self.advance()
        self._state.tripped = True
        self._settled = False

    def reset(self) -> None:
        """Reset the limit controller and clear latched alarms, as at the panel."""
        self.advance()
        self._state.tripped = False
        for alarm in self.alarms:
            alarm.state = "none"
        self._settled = False

    def reboot(self) -> None:
        """Forget profile and target: it goes to the set point that it was delivered with."""
        self.terminate_profile()
        self.change(target_degC=self.build.air_degC)

    # ---- profile

    def start_profile(self, number: int) -> None:
        """Start one of its profiles; raises ChamberRefusal where there is none of that number."""
        steps = self.build.profiles.get(number)
        if not steps:
            raise ChamberRefusal(f"there is no profile {number}")
        self.advance()
        if self._drive.mode == "off":
            self.change(mode="auto")
        self._follow(self.profile.begin(number, steps, self.now_unix_s, self._state.set_point_degC))

    def pause_profile(self) -> None:
        """Let the profile stand still, its set point where it is."""
        self.advance()
        self.profile.pause(self.now_unix_s)
        self.change(target_degC=self._state.set_point_degC)

    def resume_profile(self) -> None:
        """Let a paused profile go on."""
        self.advance()
        if (step := self.profile.resume(self.now_unix_s)) is not None:
            self._follow(step)

    def terminate_profile(self) -> None:
        """End the profile; the set point stays where it is."""
        self.advance()
        self.profile.terminate()
        self.change(target_degC=self._state.set_point_degC)

    def _follow(self, step: ProfileStep) -> None:
        self._drive = replace(self._drive, target_degC=step.target_degC, ramp_K_s=step.ramp_K_s)
        self._settled = False
