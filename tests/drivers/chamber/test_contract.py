"""The contract of every Chamber, over small servers of the documented shape."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.contracts import Chamber, ChamberState
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
from tests.drivers.chamber.tcp_peer import Peer
from tests.drivers.chamber_contract import (
    check_identity,
    check_limits,
    check_observation,
    check_set_and_stop,
    check_unsafe,
)

TEMPERATURES = (LIMIT_LOW, LIMIT_HIGH, SET_POINT, ACTIVE_SET_POINT, PROCESS)


@pytest.fixture(params=["degC", "degF"])
def f4t(request: pytest.FixtureRequest) -> F4t:
    """The same chamber, in either unit."""
    found = F4t()
    if request.param == "degF":
        found.values[UNIT] = 30
        found.values |= {address: found.values[address] * 1.8 + 32 for address in TEMPERATURES}
    return found


@pytest.fixture(params=["modbus", "scpi"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def peer(f4t: F4t, transport: str) -> Iterator[Peer]:
    with f4t.modbus() if transport == "modbus" else f4t.scpi() as running:
        yield running


@pytest.fixture
def oven(peer: Peer, transport: str, chamber: OpenChamber) -> Chamber:
    return chamber(peer.address, transport=transport, temperature=LAB_LIMITS)


def test_who_it_is_and_what_it_allows(oven: Chamber) -> None:
    check_identity(oven)
    assert oven.identify().model.startswith("F4T")
    assert check_limits(oven) == (-30.0, 120.0)


def test_observation(oven: Chamber, transport: str) -> None:
    seen = check_observation(oven)
    assert seen.state is ChamberState.OFF
    assert seen.process_degC == pytest.approx(24.93, abs=1e-3)
    assert seen.set_point_degC == pytest.approx(25.0, abs=1e-3)
    assert seen.output_percent == (12.5 if transport == "modbus" else None)
    assert seen.alarms == ()


def test_unsafe_set_points_write_nothing(oven: Chamber, f4t: F4t) -> None:
    check_unsafe(oven)
    assert f4t.written == []


def test_set_and_stop(oven: Chamber) -> None:
    check_set_and_stop(oven, 60.5)


def test_set_with_a_ramp(oven: Chamber, f4t: F4t) -> None:
    check_set_and_stop(oven, -12.25, 2.5)
    assert (RAMP_RATE, pytest.approx(2.5 if f4t.values[UNIT] == 15 else 4.5)) in f4t.written


@pytest.mark.parametrize("gaps_refused", [False, True])
def test_few_exchanges_a_look(f4t: F4t, chamber: OpenChamber, *, gaps_refused: bool) -> None:
    f4t.gaps_refused = gaps_refused
    with f4t.modbus() as peer:
        oven = chamber(peer.address)
        first = oven.observe()
        before = len(peer.requests)
        assert oven.observe() == first
        # alarms in two blocks, loop, limit controller, profile with event, unit; one by one where gaps cannot be read
        assert len(peer.requests) - before == (14 if gaps_refused else 6)


def test_the_narrower_limits_hold(f4t: F4t, chamber: OpenChamber) -> None:
    with f4t.modbus() as peer:
        assert chamber(peer.address).limits_degC() == pytest.approx((-40.0, 150.0))
        wide = chamber(peer.address, temperature=["-60 degC", "120 degC"])
        assert wide.limits_degC() == pytest.approx((-40.0, 120.0))
