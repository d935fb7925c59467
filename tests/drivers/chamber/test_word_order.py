"""Which half of a float comes first: found at connect, or refused with what to write in the lab file."""

from __future__ import annotations

import logging
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.chamber.field import Kind, Role
from drivers.chamber.register import Register, RegisterType, WordOrder
from drivers.chamber.word_order import settle_word_order
from drivers.errors import Garbled, Refused
from tests.drivers.chamber.conftest import OpenChamber
from tests.drivers.chamber.f4t_peer import LIMIT_HIGH, LIMIT_LOW, PROCESS, SET_POINT, UNIT, F4t

ROLES = (Role.LIMIT_LOW, Role.LIMIT_HIGH, Role.SET_POINT)


def words(value: float, order: WordOrder) -> tuple[int, ...]:
    high_low: tuple[int, ...] = struct.unpack(">HH", struct.pack(">f", value))
    return high_low if order is WordOrder.HIGH_FIRST else high_low[::-1]


def witnesses(order: WordOrder, *values: float) -> list[tuple[Register, tuple[int, ...]]]:
    return [
        (Register(role=role, kind=Kind.TEMPERATURE, address=0, type=RegisterType.FLOAT32), words(value, order))
        for role, value in zip(ROLES, values, strict=False)
    ]


@pytest.mark.parametrize("low_word_first", [True, False])
def test_it_is_found_and_told(chamber: OpenChamber, caplog: pytest.LogCaptureFixture, *, low_word_first: bool) -> None:
    caplog.set_level(logging.INFO)
    f4t = F4t(low_word_first=low_word_first)
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        assert oven.observe().process_degC == pytest.approx(24.93, abs=1e-3)
        oven.set_temperature(-33.25)
    assert f4t.values[SET_POINT] == -33.25
    assert f"word order {'low' if low_word_first else 'high'}-first" in caplog.text


def test_the_lab_files_word_is_checked(chamber: OpenChamber) -> None:
    with F4t(low_word_first=False).modbus() as peer:
        assert chamber(peer.address, word_order="high-first").observe().process_degC is not None
        with pytest.raises(Refused, match="word_order: high-first"):
            chamber(peer.address, word_order="low-first").observe()
        assert all(request[7] == 3 for request in peer.requests)  # nothing was written meanwhile


def test_absurd_in_both_orders(chamber: OpenChamber) -> None:
    f4t = F4t()
    f4t.values |= {LIMIT_LOW: 1e30, LIMIT_HIGH: 1e31}
    with f4t.modbus() as peer, pytest.raises(Garbled, match="both word orders"):
        chamber(peer.address).identify()


def test_possible_in_both_orders_asks_for_the_option(chamber: OpenChamber) -> None:
    both_ways = struct.unpack(">f", bytes.fromhex("41c841c8"))[0]
    low, high = (struct.unpack(">f", bytes.fromhex(text * 2))[0] for text in ("c1c8", "4316"))
    f4t = F4t()
    f4t.values |= {LIMIT_LOW: low, LIMIT_HIGH: high, SET_POINT: both_ways}
    with f4t.modbus() as peer:
        with pytest.raises(Refused, match="set word_order in the lab file"):
            chamber(peer.address).identify()
        chamber(peer.address, word_order="low-first").identify()


def test_it_is_settled_again_after_a_reconnection(chamber: OpenChamber) -> None:
    f4t = F4t()
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        oven.observe()
        f4t.low_word_first = False
        oven.close()
        assert oven.observe().process_degC == pytest.approx(24.93, abs=1e-3)


@pytest.mark.parametrize("process", [3.4e-41, -3.4e-41, 4.0e29, 1200.0, -400.0])
def test_a_process_value_alone_that_is_none_is_the_sensors(chamber: OpenChamber, process: float) -> None:
    f4t = F4t()
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        f4t.values |= {PROCESS: process, UNIT: 30}
        seen = oven.observe()
    assert seen.process_degC is None
    assert any("no process value" in line for line in seen.alarms)


@pytest.mark.parametrize("nonsense", [{SET_POINT: 2.3e-41}, {LIMIT_LOW: 1e20}, {LIMIT_HIGH: float("nan")}])
def test_limits_and_set_point_are_judged_at_every_look(chamber: OpenChamber, nonsense: dict[int, float]) -> None:
    f4t = F4t()
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        oven.observe()
        good, f4t.values = f4t.values, f4t.values | nonsense
        with pytest.raises(Garbled, match="absurd in word order low-first"):
            oven.observe()
        f4t.values = good
        assert oven.observe().process_degC == pytest.approx(24.93, abs=1e-3)


TENTHS = st.integers(-700, 1800).map(lambda tenths: tenths / 10)


@given(order=st.sampled_from(WordOrder), low=st.integers(-100, 0), high=st.integers(1, 400), set_point=TENTHS)
def test_whole_limits_always_settle_it(order: WordOrder, low: int, high: int, set_point: float) -> None:
    assert settle_word_order(witnesses(order, low, high, set_point)) is order
