"""Degrees Celsius outside whatever the chamber speaks; a ramp is converted by a factor alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.chamber.unit import Unit
from drivers.errors import Garbled, Refused, Unsafe
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber
from tests.drivers.chamber.f4t_peer import (
    ACTIVE_SET_POINT,
    LIMIT_HIGH,
    LIMIT_LOW,
    PROCESS,
    RAMP_RATE,
    SET_POINT,
    UNIT,
    F4t,
)
from tests.drivers.chamber.tcp_peer import Answer

FAHRENHEIT = 30


def turn_to_degF(f4t: F4t) -> None:
    """As at the panel: from now on all numbers are in the other unit."""
    f4t.values[UNIT] = FAHRENHEIT
    for address in (LIMIT_LOW, LIMIT_HIGH, SET_POINT, ACTIVE_SET_POINT, PROCESS):
        f4t.values[address] = f4t.values[address] * 1.8 + 32


@pytest.mark.parametrize("transport", ["modbus", "scpi"])
def test_a_unit_that_is_changed_while_connected(
    transport: str, chamber: OpenChamber, caplog: pytest.LogCaptureFixture
) -> None:
    f4t = F4t()
    with f4t.modbus() if transport == "modbus" else f4t.scpi() as peer:
        oven = chamber(peer.address, transport=transport, temperature=LAB_LIMITS)
        before = oven.observe()
        turn_to_degF(f4t)
        after = oven.observe()
        oven.set_temperature(50.0, 2.0)
    assert after.process_degC == pytest.approx(before.process_degC, abs=1e-3)
    assert after.set_point_degC == pytest.approx(25.0, abs=1e-3)
    assert caplog.text.count("its unit was changed from degC to degF") == 1
    assert f4t.values[SET_POINT] == pytest.approx(122.0)
    assert f4t.values[RAMP_RATE] == pytest.approx(3.6)


@pytest.mark.parametrize("transport", ["modbus", "scpi"])
def test_a_unit_that_is_changed_in_the_middle_of_a_look(transport: str, chamber: OpenChamber) -> None:
    """The values were read in the old unit or in the new one: they are read again."""
    f4t = F4t()
    with f4t.modbus() if transport == "modbus" else f4t.scpi() as peer:
        oven = chamber(peer.address, transport=transport, temperature=LAB_LIMITS)
        oven.observe()
        for question in range(4):
            f4t.values |= F4t().values
            oven.observe()

            def turned(reply: bytes) -> Answer:
                turn_to_degF(f4t)
                return Answer(reply)

            peer.on_next(turned, after=question)
            seen = oven.observe()
            assert seen.process_degC == pytest.approx(24.93, abs=1e-3)
            assert oven.observe().process_degC == pytest.approx(24.93, abs=1e-3)


@pytest.mark.parametrize("question", range(12))
def test_a_unit_that_is_changed_while_a_set_point_is_written(chamber: OpenChamber, question: int) -> None:
    """A number of the old unit must not stay: it is written again, in the new one."""
    f4t = F4t()
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        oven.observe()

        def turned(reply: bytes) -> Answer:
            turn_to_degF(f4t)
            return Answer(reply)

        peer.on_next(turned, after=question)
        oven.set_temperature(60.0)
        assert oven.observe().set_point_degC == pytest.approx(60.0, abs=1e-3)
    assert f4t.values[SET_POINT] == pytest.approx(140.0)


def test_a_unit_that_is_none(chamber: OpenChamber) -> None:
    f4t = F4t()
    f4t.values[UNIT] = 17
    with f4t.modbus() as peer, pytest.raises(Garbled, match="unit 'code 17'"):
        chamber(peer.address).observe()


def test_the_lab_files_unit_is_checked(chamber: OpenChamber) -> None:
    f4t = F4t()
    turn_to_degF(f4t)
    with f4t.modbus() as peer, pytest.raises(Refused, match="shows degF, the lab file says degC"):
        chamber(peer.address, unit="degC").observe()


def test_limits_in_degrees_fahrenheit(chamber: OpenChamber) -> None:
    f4t = F4t()
    turn_to_degF(f4t)
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        assert oven.limits_degC() == pytest.approx((-40.0, 150.0))
        oven.set_temperature(150.0)
        with pytest.raises(Unsafe):
            oven.set_temperature(150.5)  # a set point that is allowed as a number of degrees Fahrenheit


@given(st.floats(-200, 500), st.sampled_from(Unit))
def test_there_and_back(temperature_degC: float, unit: Unit) -> None:
    assert unit.to_degC(unit.from_degC(temperature_degC)) == pytest.approx(temperature_degC, abs=1e-9)
    warmer = unit.from_degC(temperature_degC + 7.0) - unit.from_degC(temperature_degC)
    assert warmer == pytest.approx(unit.from_K(7.0))
