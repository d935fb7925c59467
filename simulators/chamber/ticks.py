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
    driven, scale, offset_K = drive.mode != "off", drive.sensor_scale, drive.sensor_offset_K
    air_a, air_l, air_W, air_1, load_a, load_l, load_W, load_1 = step
    derivative_percent_K = tuning.gain_percent_K * tuning.derivative_s / TICK_s
    for _ in range(count):
        if state.set_point_degC != drive.target_degC:
            _move_set_point(state, drive, driven=driven)
        air_degC, load_degC, before_degC = state.air_degC, state.load_degC, state.measured_degC
        if not drive.trip_low_degC <= air_degC <= drive.trip_high_degC:
            state.tripped = True
        percent = _output_percent(state, drive, tuning) if driven and not state.tripped else _switched_off(state)
        state.output_percent = percent
        if percent >= 0:
            power_W = plant.heater_W * percent / 100 if drive.heater_alive else 0.0
        else:
            power_W = plant.cooling_W(air_degC) * percent / 100
        state.air_degC = air_a * air_degC + air_l * load_degC + air_W * power_W + air_1
        state.load_degC = load_a * air_degC + load_l * load_degC + load_W * power_W + load_1
        measured_degC = scale * state.air_degC + offset_K if drive.measured_degC is None else drive.measured_degC
        state.measured_degC = measured_degC
        state.derivative_percent = derivative_percent_K * (before_degC - measured_degC)
        state.lowest_degC = min(state.lowest_degC, measured_degC)  # NaN leaves both as they are
        state.highest_degC = max(state.highest_degC, measured_degC)


def _move_set_point(state: ControlState, drive: Drive, *, driven: bool) -> None:
    missing_K, ramp_K = drive.target_degC - state.set_point_degC, drive.ramp_K_s * TICK_s
    if driven and abs(missing_K) > ramp_K:
        state.set_point_degC += math.copysign(ramp_K, missing_K)
    else:
        state.set_point_degC = drive.target_degC


def _switched_off(state: ControlState) -> float:
    state.integral_percent = 0.0
    return 0.0


def _output_percent(state: ControlState, drive: Drive, tuning: Tuning) -> float:
    if drive.mode == "manual":
        return drive.manual_percent
    proportional = tuning.gain_percent_K * (state.set_point_degC - state.measured_degC)
    if math.isnan(proportional):  # the sensor has failed: a controller that does not know heats nothing
        return _switched_off(state)
    derivative = 0.0 if math.isnan(state.derivative_percent) else state.derivative_percent  # it was back just now
    wanted = proportional + state.integral_percent + derivative
    integral = state.integral_percent + proportional * TICK_s / tuning.integral_s
    if -100.0 <= wanted <= 100.0:
        state.integral_percent = integral
        return wanted
    if (integral > state.integral_percent) != (wanted > 0):  # at its limit it integrates only back from there
        state.integral_percent = integral
    return math.copysign(100.0, wanted)
