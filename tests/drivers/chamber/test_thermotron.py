"""Thermotron 8200: the line driver with another table, whose settings are answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.contracts import Chamber, ChamberState
from drivers.errors import Garbled, Refused
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber
from tests.drivers.chamber.tcp_peer import Answer, Peer
from tests.drivers.chamber.thermotron_peer import Thermotron
from tests.drivers.chamber_contract import (
    check_identity,
    check_limits,
    check_observation,
    check_set_and_stop,
    check_unsafe,
)


@pytest.fixture(params=["\r", "\n", "\r\n"])
def thermotron(request: pytest.FixtureRequest) -> Thermotron:
    return Thermotron(ending=request.param)


@pytest.fixture
def peer(thermotron: Thermotron) -> Iterator[Peer]:
    with thermotron.peer() as running:
        yield running


@pytest.fixture
def oven(peer: Peer, chamber: OpenChamber) -> Chamber:
    return chamber(peer.address, "thermotron-8200", temperature=LAB_LIMITS, unit="degC")


def test_the_contract(oven: Chamber, thermotron: Thermotron, peer: Peer) -> None:
    check_identity(oven)
    assert (oven.identify().model, oven.identify().version) == ("8200", "2.0.1")
    assert check_limits(oven) == (-30.0, 120.0)
    seen = check_observation(oven)
    assert (seen.state, seen.process_degC, seen.output_percent) == (ChamberState.OFF, 24.93, 12.5)
    check_unsafe(oven)
    assert thermotron.commands == []
    check_set_and_stop(oven, 60.5, 1.5)
    assert peer.connections == 2  # the contract closes it once


def test_every_setting_is_answered_and_none_shifts_the_next_reply(oven: Chamber, thermotron: Thermotron) -> None:
    oven.set_temperature(60.0, 0.5)
    assert thermotron.commands == ["MRMP1,0.500", "SETP1,60.00", "RUNM"]
    oven.set_temperature(61.0)
    assert thermotron.commands[3:] == ["MRMP1,0.000", "SETP1,61.00"]  # it runs already


@pytest.mark.parametrize("refused", ["MRMP", "SETP", "RUNM"])
def test_a_setting_that_is_not_accepted(oven: Chamber, thermotron: Thermotron, refused: str) -> None:
    thermotron.refuses = refused
    with pytest.raises(Refused, match="answered 7"):
        oven.set_temperature(60.0, 0.5)
    assert oven.observe().process_degC == 24.93


def test_a_setting_whose_answer_is_none(oven: Chamber, peer: Peer) -> None:
    oven.observe()
    peer.on_next(lambda _: Answer(b"ready\r\n"), after=5)
    with pytest.raises(Garbled, match="MRMP1"):
        oven.set_temperature(60.0, 0.5)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("1", ChamberState.RUNNING),
        ("2", ChamberState.OFF),
        ("5", ChamberState.OFF),
        ("6", ChamberState.TRIPPED),
        ("10", ChamberState.TRIPPED),
        ("11", ChamberState.UNKNOWN),
    ],
)
def test_stop_codes(oven: Chamber, thermotron: Thermotron, code: str, state: ChamberState) -> None:
    thermotron.values["SCOD"] = code
    assert oven.observe().state is state


def test_alarm_bits(oven: Chamber, thermotron: Thermotron) -> None:
    thermotron.values["ALRM1"] = "35"
    assert oven.observe().alarms == ("alarm 1: low deviation, high deviation, high process",)


def test_degrees_fahrenheit_by_the_lab_file(peer: Peer, thermotron: Thermotron, chamber: OpenChamber) -> None:
    thermotron.values |= {"PVAR1": "77.0", "SETP1": "77.0"}
    oven = chamber(peer.address, "thermotron-8200", temperature=LAB_LIMITS, unit="degF")
    assert oven.observe().process_degC == pytest.approx(25.0)
    oven.set_temperature(100.0, 2.0)
    assert thermotron.commands[:2] == ["MRMP1,3.600", "SETP1,212.00"]


def test_a_slow_ramp_that_the_chamber_rounds_to_none(oven: Chamber, thermotron: Thermotron) -> None:
    with pytest.raises(Refused, match=r"ramp rate was set to 0\.0001, reads 0"):
        oven.set_temperature(60.0, 0.0001)
