"""What a Watlow F4T tells and takes: states, alarms, failed sensors, and settings that do not stick."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from drivers.contracts import Chamber, ChamberState
from drivers.errors import Refused
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber
from tests.drivers.chamber.f4t_peer import (
    ACTIVE_MODE,
    ALARM_1,
    ALARM_2,
    CONTROL_MODE,
    EVENT_1,
    LIMIT_STATUS,
    OUTPUT,
    PROCESS,
    PROFILE_ACTION,
    PROFILE_STATE,
    RAMP_RATE,
    SET_POINT,
    F4t,
)

ON, OFF, MANUAL = 63, 62, 54


@pytest.fixture
def f4t() -> F4t:
    found = F4t()
    found.values[EVENT_1] = ON
    return found


@pytest.fixture
def oven(f4t: F4t, chamber: OpenChamber) -> Iterator[Chamber]:
    with f4t.modbus() as peer:
        yield chamber(peer.address)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, ChamberState.RUNNING),
        ({EVENT_1: OFF}, ChamberState.OFF),
        ({CONTROL_MODE: OFF}, ChamberState.OFF),
        ({CONTROL_MODE: MANUAL, ACTIVE_MODE: MANUAL}, ChamberState.UNKNOWN),
        ({ACTIVE_MODE: OFF}, ChamberState.UNKNOWN),
        ({EVENT_1: 777}, ChamberState.UNKNOWN),
        ({PROFILE_STATE: 149}, ChamberState.PROFILE),
        ({PROFILE_STATE: 146}, ChamberState.PROFILE),
        ({PROFILE_STATE: 252}, ChamberState.RUNNING),
        ({LIMIT_STATUS: 32}, ChamberState.TRIPPED),
        ({LIMIT_STATUS: 138}, ChamberState.RUNNING),
        ({LIMIT_STATUS: 32, EVENT_1: OFF, PROFILE_STATE: 149}, ChamberState.TRIPPED),
    ],
)
def test_states(oven: Chamber, f4t: F4t, values: dict[int, float], state: ChamberState) -> None:
    f4t.values |= values
    assert oven.observe().state is state


def test_alarms_are_named(oven: Chamber, f4t: F4t) -> None:
    f4t.values |= {ALARM_1: 37, ALARM_2: 4711, LIMIT_STATUS: 32}
    assert oven.observe().alarms == ("alarm 1: high", "alarm 2: code 4711", "limit controller: fail")


@pytest.mark.parametrize("broken", [math.nan, math.inf, 3.4e38, -999.0])
def test_a_sensor_that_has_failed(oven: Chamber, f4t: F4t, broken: float) -> None:
    f4t.values[PROCESS] = broken
    seen = oven.observe()
    assert seen.process_degC is None
    assert any("no process value" in line for line in seen.alarms)
    assert seen.set_point_degC == 25.0


def test_a_sensor_that_has_failed_over_scpi(f4t: F4t, chamber: OpenChamber) -> None:
    f4t.values[PROCESS] = math.nan
    with f4t.scpi() as peer:
        seen = chamber(peer.address, transport="scpi", temperature=LAB_LIMITS).observe()
    assert seen.process_degC is None
    assert seen.alarms == ("no process value: sensor error",)


def test_an_output_that_is_no_number(oven: Chamber, f4t: F4t) -> None:
    f4t.values[OUTPUT] = math.nan
    assert oven.observe().output_percent is None


@pytest.mark.parametrize(
    ("values", "reason"), [({PROFILE_STATE: 149}, "while it is profile"), ({LIMIT_STATUS: 32}, "while it is tripped")]
)
def test_what_is_someone_elses_is_not_set(oven: Chamber, f4t: F4t, values: dict[int, float], reason: str) -> None:
    f4t.values |= values
    with pytest.raises(Refused, match=reason):
        oven.set_temperature(60.0)
    assert f4t.written == []


@pytest.mark.parametrize("deaf", [SET_POINT, EVENT_1, CONTROL_MODE, RAMP_RATE])
def test_a_setting_that_does_not_stick(oven: Chamber, f4t: F4t, deaf: int) -> None:
    f4t.values |= {EVENT_1: OFF, CONTROL_MODE: OFF}
    f4t.deaf = {deaf}
    with pytest.raises(Refused, match="was set to"):
        oven.set_temperature(60.0, 1.0)


@pytest.mark.parametrize("transport", ["modbus", "scpi"])
def test_a_chamber_that_cannot_be_switched_off(transport: str, f4t: F4t, chamber: OpenChamber) -> None:
    f4t.deaf = {EVENT_1}
    with f4t.modbus() if transport == "modbus" else f4t.scpi() as peer:
        oven = chamber(peer.address, transport=transport, temperature=LAB_LIMITS)
        with pytest.raises(Refused, match="power was set to off"):
            oven.stop()


def test_off_ends_a_profile_and_the_loop_too(oven: Chamber, f4t: F4t) -> None:
    f4t.values[PROFILE_STATE] = 149
    oven.stop()
    assert f4t.written == [(PROFILE_ACTION, 148), (EVENT_1, OFF), (CONTROL_MODE, OFF)]
    oven.set_temperature(40.0)
    assert oven.observe().state is ChamberState.RUNNING


def test_what_is_so_already_is_not_written(oven: Chamber, f4t: F4t) -> None:
    oven.set_temperature(40.0)
    assert f4t.written == [(SET_POINT, 40.0)]


def test_a_chamber_that_no_event_switches(f4t: F4t, chamber: OpenChamber) -> None:
    f4t.values |= {EVENT_1: 777, CONTROL_MODE: OFF, ACTIVE_MODE: OFF}
    with f4t.modbus() as peer:
        oven = chamber(peer.address, power_event="none")
        oven.set_temperature(40.0)
        assert oven.observe().state is ChamberState.RUNNING
        oven.stop()
        assert oven.observe().state is ChamberState.OFF
    assert EVENT_1 not in dict(f4t.written)


def test_another_instrument_at_this_address(f4t: F4t, chamber: OpenChamber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.drivers.chamber.f4t_peer.PART_NUMBER", "EZ-ZONE PM6")
    with f4t.modbus() as peer, pytest.raises(Refused, match="calls itself 'EZ-ZONE PM6'"):
        chamber(peer.address).set_temperature(30.0)
    assert f4t.written == []
