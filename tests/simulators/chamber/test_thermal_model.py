"""The thermal model against an independent integration, and against what a chamber is known to do."""

import math
import time

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from simulators.chamber.build import ChamberBuild
from simulators.chamber.plant import Plant
from tests.simulators.chamber.conftest import Bench, bench

PLANT = Plant(ambient_degC=20.0, load_heat_W=5.0)


def _integrated(plant: Plant, percent: float, at_first: tuple[float, float], seconds: float, door_open: bool):
    """The same chamber under a constant output, by a general integrator and from the balance of heat alone."""

    def flows(_: float, temperatures: np.ndarray) -> list[float]:
        air, load = temperatures
        power = plant.heater_W * percent / 100 if percent > 0 else plant.cooling_W(air) * percent / 100
        across = plant.air_to_load_W_K * (air - load)
        door = plant.door_W_K * (air - plant.ambient_degC) if door_open else 0.0
        walls = plant.wall_W_K * (load - plant.ambient_degC)
        return [(power - across - door) / plant.air_J_K, (across + plant.load_heat_W - walls) / plant.load_J_K]

    return solve_ivp(flows, (0, seconds), at_first, rtol=1e-9, atol=1e-9).y[:, -1]


@pytest.mark.parametrize(("percent", "tolerance_K"), [(40.0, 1e-6), (-30.0, 0.02), (0.0, 1e-6)])
def test_air_and_load_go_as_an_independent_integration_says(percent: float, tolerance_K: float) -> None:
    # the cooler's power is that of the tick's beginning: hence the wider tolerance when cooling
    it = bench(ChamberBuild(plant=PLANT, noise_K=0))
    it.chamber.change(mode="manual", manual_percent=percent)
    temperatures = (25.0, 25.0)
    for door_open in (False, True, False):
        it.chamber.change(door_open=door_open)
        it.run(1200)
        temperatures = _integrated(PLANT, percent, temperatures, 1200, door_open)
        state = it.chamber.state
        assert (state.air_degC, state.load_degC) == pytest.approx(temperatures, abs=tolerance_K)


def test_heat_is_neither_made_nor_lost_on_a_controlled_ramp(chamber_bench: Bench) -> None:
    chamber, plant = chamber_bench.chamber, chamber_bench.chamber.build.plant
    chamber.change(mode="auto", ramp_K_s=1 / 60)
    chamber.set_target(55.0)
    chamber_bench.run(7200)
    ledger = chamber.ledger()
    heated = np.trapezoid(plant.heater_W * ledger["output_percent"] / 100, dx=10)
    lost = np.trapezoid(plant.wall_W_K * (ledger["load_degC"] - plant.ambient_degC), dx=10)
    air_K, load_K = (ledger[name][-1] - ledger[name][0] for name in ("air_degC", "load_degC"))
    assert plant.air_J_K * air_K + plant.load_J_K * load_K == pytest.approx(heated - lost, rel=2e-3)


def test_a_ramp_of_one_kelvin_a_minute_is_followed_and_then_held(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto", ramp_K_s=1 / 60)
    chamber.set_target(55.0)
    chamber_bench.run(3 * 3600)
    ledger = chamber.ledger()
    elapsed_s, air = ledger["unix_time_s"] - ledger["unix_time_s"][0], ledger["air_degC"]
    on_the_way = (elapsed_s > 300) & (elapsed_s < 1800)
    assert np.abs(air - ledger["set_point_degC"])[on_the_way].max() < 0.5
    assert np.abs(np.diff(air[on_the_way]) / 10 * 60 - 1).max() < 0.1  # K/min
    assert 0.05 < air.max() - 55 < 1.0  # the load lags behind, so it overshoots a little
    soaked = elapsed_s > 1800 + 1200
    assert np.abs(ledger["process_degC"][soaked] - 55).max() < 0.2
    assert air[-1] == pytest.approx(55, abs=1e-4)


@pytest.mark.parametrize("target_degC", [0.0, -20.0, 80.0])
def test_a_step_saturates_without_winding_up(chamber_bench: Bench, target_degC: float) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto")
    chamber.set_target(target_degC)
    chamber_bench.run(2 * 3600)
    ledger = chamber.ledger()
    sign = math.copysign(1, target_degC - 25)
    assert np.abs(ledger["output_percent"]).max() == 100
    assert (sign * (ledger["air_degC"] - target_degC)).max() < 1.0
    assert np.abs(ledger["air_degC"][-360:] - target_degC).max() < 0.2


def test_it_gets_no_colder_than_its_cooler_can(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto")
    chamber.set_target(-40.0)
    chamber_bench.run(24 * 3600)
    plant, state = chamber.build.plant, chamber.state
    assert state.output_percent == -100
    assert -40 < state.air_degC < -30
    assert plant.cooling_W(state.air_degC) == pytest.approx(plant.wall_W_K * (25 - state.load_degC), rel=1e-3)


def test_days_at_rest_cost_next_to_nothing(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto")
    began_s = time.process_time()
    for hour in range(100):  # a lab hour of changing temperature takes 3 ms here, one at rest some microseconds
        chamber.set_target(30.0 + hour % 2)
        chamber_bench.run(3600)
    chamber_bench.run(5000 * 3600)
    assert len(chamber.ledger()["air_degC"]) == 5100 * 360 + 1
    assert time.process_time() - began_s < 5
