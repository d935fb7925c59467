"""Binder MB2: the Modbus driver with another table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.contracts import Chamber, ChamberState
from drivers.errors import Refused
from tests.drivers.chamber.binder_peer import ACTIVE_CONTACTS, CONTACTS, DRYER, IDLE, Binder
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber
from tests.drivers.chamber_contract import check_identity, check_observation, check_set_and_stop, check_unsafe


@pytest.fixture
def binder() -> Binder:
    return Binder()


@pytest.fixture
def oven(binder: Binder, chamber: OpenChamber) -> Iterator[Chamber]:
    with binder.peer() as peer:
        yield chamber(peer.address, "binder-mb2", temperature=LAB_LIMITS)


def test_the_contract(oven: Chamber) -> None:
    check_identity(oven)
    seen = check_observation(oven)
    assert (seen.state, seen.set_point_degC) == (ChamberState.OFF, 25.0)
    check_unsafe(oven)
    check_set_and_stop(oven, -10.5)


def test_the_other_contacts_stay_as_they_are(oven: Chamber, binder: Binder) -> None:
    oven.set_temperature(40.0)
    assert binder.registers[CONTACTS] == DRYER
    oven.stop()
    assert binder.registers[CONTACTS] == DRYER | IDLE


def test_idle_for_a_reason_of_its_own(oven: Chamber, binder: Binder) -> None:
    binder.registers |= {CONTACTS: 0, ACTIVE_CONTACTS: IDLE}
    assert oven.observe().state is ChamberState.OFF


def test_it_has_no_ramp(oven: Chamber) -> None:
    with pytest.raises(Refused, match="no ramp"):
        oven.set_temperature(40.0, 1.0)
