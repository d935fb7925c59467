"""The chamber from tick to tick: ramp, controller, limit controller, then the plant's exact step."""

from __future__ import annotations

import math

from simulators.chamber.controller import ControlState, Drive, Tuning
from simulators.chamber.plant import Plant, PlantStep

__all__ = ["TICK_s", "run_ticks"]

TICK_s = 2.0
"""Sampling time of the controller: what it does holds until its next look."""


def run_ticks(state: ControlState, drive: Drive, tuning: Tuning, plant: Plant, step: PlantStep, count: int) -> None:
    """Take so many ticks under one drive, in place."""
    driven = drive.mode != "off"
    ramp_K = drive.ramp_K_s * TICK_s
    for _ in range(count):
        if state.set_point_degC != drive.target_degC:
            missing_K = drive.target_degC - state.set_point_degC
            if driven and abs(missing_K) > ramp_K:
                state.set_point_degC += math.copysign(ramp_K, missing_K)
            else:
                state.set_point_degC = drive.target_degC
        air_degC = state.air_degC
        if air_degC > drive.trip_high_degC or air_degC < drive.trip_low_degC:
            state.tripped = True
        percent = _output_percent(state, drive, tuning) if driven and not state.tripped else _switched_off(state)
        state.output_percent = percent
        if percent > 0:
            power_W = plant.heater_W * percent / 100 if drive.heater_alive else 0.0
        else:
            power_W = plant.cooling_W(air_degC) * percent / 100 if percent else 0.0
        load_degC = state.load_degC
        state.air_degC = air = (
            step.air_from_air * air_degC
            + step.air_from_load * load_degC
            + step.air_from_W * power_W
            + step.air_constant
        )
        state.load_degC = (
            step.load_from_air * air_degC
            + step.load_from_load * load_degC
            + step.load_from_W * power_W
            + step.load_constant
        )
        _measure(state, drive, tuning, air)


def _switched_off(state: ControlState) -> float:
    state.integral_percent = 0.0
    return 0.0


def _output_percent(state: ControlState, drive: Drive, tuning: Tuning) -> float:
    if drive.mode == "manual":
        return drive.manual_percent
    error_K = state.set_point_degC - state.measured_degC
    if math.isnan(error_K):  # the sensor has failed: a controller that does not know heats nothing
        return _switched_off(state)
    wanted = tuning.gain_percent_K * error_K + state.integral_percent + state.derivative_percent
    integral = state.integral_percent + tuning.gain_percent_K * error_K * TICK_s / tuning.integral_s
    if wanted > 100.0:
        state.integral_percent = min(integral, state.integral_percent)
        return 100.0
    if wanted < -100.0:
        state.integral_percent = max(integral, state.integral_percent)
        return -100.0
    state.integral_percent = integral
    return wanted


def _measure(state: ControlState, drive: Drive, tuning: Tuning, air_degC: float) -> None:
    before = state.measured_degC
    now = air_degC if drive.measured_degC is None else drive.measured_degC
    state.measured_degC = now
    derivative = tuning.gain_percent_K * tuning.derivative_s / TICK_s * (before - now)
    state.derivative_percent = 0.0 if math.isnan(derivative) else derivative
    state.lowest_degC = min(state.lowest_degC, now)  # NaN leaves both as they are
    state.highest_degC = max(state.highest_degC, now)
