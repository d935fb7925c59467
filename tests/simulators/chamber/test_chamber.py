"""What may befall a chamber, and that nothing depends on when anybody looks."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.chamber.build import ChamberBuild
from simulators.chamber.chamber import ChamberRefusal, VirtualChamber
from tests.simulators.chamber.conftest import Bench, bench

ACTIONS: dict[str, Callable[[VirtualChamber], None]] = {
    "40": lambda chamber: chamber.set_target(40.0),
    "0": lambda chamber: chamber.set_target(0.0),
    "ramp": lambda chamber: chamber.change(ramp_K_s=2 / 60),
    "off": lambda chamber: chamber.change(mode="off"),
    "on": lambda chamber: chamber.change(mode="auto"),
    "door": lambda chamber: chamber.change(door_open=True),
    "freeze": VirtualChamber.freeze_sensor,
    "break": lambda chamber: chamber.change(measured_degC=math.nan),
    "mend": lambda chamber: chamber.change(measured_degC=None),
    "profile": lambda chamber: chamber.start_profile(1),
    "trip": VirtualChamber.trip,
    "reset": VirtualChamber.reset,
}


@settings(max_examples=40)
@given(
    acts=st.lists(st.tuples(st.floats(0, 4000), st.sampled_from(sorted(ACTIONS))), max_size=6),
    look_s=st.floats(1.0, 500.0),
)
def test_what_is_measured_does_not_depend_on_who_looks_when(acts: list[tuple[float, str]], look_s: float) -> None:
    watched, alone = bench(), bench()
    for after_s, act in [*acts, (3000.0, "on")]:
        until = watched.clock[0] + after_s
        while watched.clock[0] + look_s < until:
            watched.run(look_s)
            assert watched.chamber.truth()["mode"] in ("off", "auto")
        watched.clock[0] = until
        alone.clock[0] = until
        for it in (watched, alone):
            ACTIONS[act](it.chamber)
    seen, unseen = watched.chamber.ledger(), alone.chamber.ledger()
    for name, column in seen.items():
        np.testing.assert_array_equal(column, unseen[name], err_msg=name)
    assert watched.chamber.truth() == alone.chamber.truth()


def test_the_ledger_holds_what_was_read(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto")
    chamber.set_target(30.0)
    read = [chamber.process_degC]
    for _ in range(200):
        chamber_bench.run(10)
        read.append(chamber.process_degC)
    np.testing.assert_array_equal(chamber.ledger()["process_degC"], read)
    assert 0.005 < np.std(np.array(read) - chamber.ledger()["air_degC"]) < 0.02


def test_the_limit_controller_switches_off_and_latches() -> None:
    it = bench(ChamberBuild(trip_high_degC=60.0, high_degC=100.0))
    it.chamber.change(mode="auto")
    it.chamber.set_target(90.0)
    it.run(3600)
    assert it.chamber.tripped
    hottest = it.chamber.ledger()["air_degC"].max()
    assert 59.5 < hottest < 61  # rows are ten seconds apart
    it.run(3 * 3600)
    assert it.air_degC() < 55
    assert it.chamber.tripped  # cooled down, and still off
    it.chamber.reset()
    it.run(60)
    assert it.chamber.state.output_percent == 100


def test_a_frozen_sensor_lets_it_run_away_into_the_limit(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto")
    chamber.freeze_sensor()
    chamber.set_target(60.0)
    chamber_bench.run(3600)
    readings = chamber.ledger()["process_degC"][1:]
    assert len(set(readings)) == 1
    assert chamber.tripped
    assert chamber.ledger()["air_degC"].max() > 109


def test_a_broken_sensor_ends_the_heating(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto")
    chamber.set_target(60.0)
    chamber_bench.run(600)
    chamber.change(measured_degC=math.nan)
    assert math.isnan(chamber.process_degC)
    chamber_bench.run(600)
    assert chamber.state.output_percent == 0
    assert chamber.alarms[0].state == "error"
    chamber.change(measured_degC=None)
    chamber_bench.run(3600)
    assert chamber.process_degC == pytest.approx(60, abs=0.5)


def test_a_dead_heater_and_an_open_door_keep_it_from_its_set_point(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.change(mode="auto", heater_alive=False)
    chamber.set_target(60.0)
    chamber_bench.run(3600)
    assert chamber.state.output_percent == 100
    assert chamber.state.air_degC < 25.1
    chamber.change(heater_alive=True, door_open=True)
    chamber_bench.run(3600)
    assert 35 < chamber.state.air_degC < 50
    chamber.change(door_open=False)
    chamber_bench.run(3600)
    assert chamber.state.air_degC == pytest.approx(60, abs=0.5)


def test_a_heavier_load_takes_longer(chamber_bench: Bench) -> None:
    chamber_bench.chamber.set_load(120_000.0, 0.0)
    for it in (chamber_bench, light := bench()):
        it.chamber.change(mode="manual", manual_percent=50.0)
        it.run(1800)
    assert chamber_bench.air_degC() < light.air_degC() - 10


def test_an_alarm_that_latches_remembers_what_nobody_saw(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    latching, plain = chamber.alarms[1], chamber.alarms[2]
    latching.high_degC = plain.high_degC = 45.0
    latching.latching = True
    chamber.change(mode="auto")
    chamber.set_target(50.0)
    chamber_bench.run(3600)
    chamber.set_target(25.0)
    chamber_bench.run(7200)
    chamber.advance()
    assert (latching.state, plain.state) == ("high", "none")
    chamber.reset()
    assert not latching.active


def test_a_profile_goes_through_its_steps(chamber_bench: Bench) -> None:
    chamber = chamber_bench.chamber
    chamber.start_profile(1)  # to 60 degC at 2 K/min, 10 min, back, 10 min
    chamber_bench.run(17.5 * 60 + 300)
    assert chamber.truth()["set_point_degC"] == pytest.approx(60)
    assert (chamber.profile.state, chamber.profile.step) == ("running", 1)
    chamber_bench.run(10 * 60)
    assert chamber.truth()["set_point_degC"] == pytest.approx(50, abs=0.2)
    chamber.pause_profile()
    chamber_bench.run(3600)
    assert chamber.truth()["set_point_degC"] == pytest.approx(50, abs=0.2)
    chamber.resume_profile()
    chamber_bench.run(3600)
    assert chamber.truth()["profile"] == "complete"
    assert chamber.process_degC == pytest.approx(25, abs=0.3)


def test_what_it_cannot_do_is_refused(chamber_bench: Bench) -> None:
    with pytest.raises(ChamberRefusal, match="outside -40 to 100"):
        chamber_bench.chamber.set_target(101.0)
    with pytest.raises(ChamberRefusal, match="no profile 7"):
        chamber_bench.chamber.start_profile(7)
