"""The chamber drivers over the virtual chamber: one thermal model, read over both wires."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from drivers.contracts import Chamber, ChamberState
from drivers.errors import Garbled, Refused, Unreachable, Unsafe
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.drivers.chamber.conftest import OpenChamber
from tests.drivers.chamber_contract import (
    check_identity,
    check_limits,
    check_observation,
    check_set_and_stop,
    check_unsafe,
)

LAB = """
virtual_lab: three ovens
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  oven-1:
    kind: watlow_f4t
    listen: 127.0.0.1:0
    scpi: 127.0.0.1:0
  oven-2:
    kind: watlow_f4t
    listen: 127.0.0.1:0
    scpi: 127.0.0.1:0
    unit: F
    word_order: high
  oven-3:
    kind: thermotron_8200
    listen: 127.0.0.1:0
"""
LAB_LIMITS = ["-30 degC", "90 degC"]
LATE_S = 3.0
"""Wall seconds that a reply is held back; three times the time-out."""
OVENS = [("oven-1", "modbus"), ("oven-1", "scpi"), ("oven-2", "modbus"), ("oven-2", "scpi"), ("oven-3", "line")]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabThread]:
    with LabThread(parse_lab(LAB, tmp_path_factory.mktemp("lab"))) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connected:
        yield connected


@pytest.fixture
def oven(control: LabControl, chamber: OpenChamber) -> OpenChamber:
    """Open a driver by the chamber's name and wire; oven-3 is the Thermotron."""

    def open_it(name: str, wire: str, timeout: float = 20.0) -> Chamber:
        options: dict[str, object] = {"temperature": LAB_LIMITS, "timeout": timeout}
        if wire == "line":
            return chamber(f"127.0.0.1:{control.port(name)}", "thermotron-8200", unit="degC", **options)
        return chamber(f"127.0.0.1:{control.port(name, wire)}", transport=wire, **options)

    return open_it


@pytest.mark.parametrize(("name", "wire"), OVENS)
def test_the_contract(oven: OpenChamber, name: str, wire: str) -> None:
    one = oven(name, wire)
    check_identity(one)
    assert check_limits(one) == (-30.0, 90.0)
    check_observation(one)
    check_unsafe(one)
    check_set_and_stop(one, 60.5)
    check_set_and_stop(one, -12.5, 2.0)


@pytest.mark.parametrize("name", ["oven-1", "oven-2"])
def test_limits_of_its_own(chamber: OpenChamber, control: LabControl, name: str) -> None:
    """Over Modbus they are told; over SCPI the chamber just does not do what it is told."""
    modbus = chamber(f"127.0.0.1:{control.port(name, 'modbus')}")
    assert modbus.limits_degC() == pytest.approx((-40.0, 100.0))
    with pytest.raises(Unsafe):
        modbus.set_temperature(101.0)
    scpi = chamber(f"127.0.0.1:{control.port(name, 'scpi')}", transport="scpi", temperature=["-60 degC", "200 degC"])
    with pytest.raises(Refused, match="set point was set to 101 degC"):
        scpi.set_temperature(101.0)


@pytest.mark.parametrize("name", ["oven-1", "oven-2"])
def test_both_wires_read_the_same_in_the_same_second(oven: OpenChamber, control: LabControl, name: str) -> None:
    modbus, scpi = oven(name, "modbus"), oven(name, "scpi")
    modbus.set_temperature(25.0)
    control.advance(3600.0)
    modbus.set_temperature(55.0, 1.5)
    for _ in range(30):
        first, second = modbus.observe(), scpi.observe()
        truth = control.chamber(name)
        assert first.process_degC == pytest.approx(second.process_degC, abs=1e-4)
        assert first.ramping_set_point_degC == pytest.approx(second.ramping_set_point_degC, abs=1e-4)
        assert first.state is second.state is ChamberState.RUNNING
        assert first.process_degC == pytest.approx(truth["air_degC"], abs=0.1)
        control.advance(90.0)
    assert first.process_degC == pytest.approx(55.0, abs=0.5)
    modbus.stop()


@pytest.mark.parametrize("name", ["oven-1", "oven-2"])
def test_a_ramp_over_scpi_is_told_as_its_end(oven: OpenChamber, control: LabControl, name: str) -> None:
    modbus, scpi = oven(name, "modbus"), oven(name, "scpi")
    modbus.set_temperature(20.0)
    control.advance(7200.0)
    scpi.set_temperature(40.0, 2.0)
    active = []
    for _ in range(20):
        seen = scpi.observe()
        assert seen.set_point_degC == pytest.approx(40.0, abs=0.07)
        assert modbus.observe().set_point_degC == pytest.approx(40.0, abs=1e-3)
        active.append(seen.ramping_set_point_degC)
        control.advance(60.0)
    assert active[5] == pytest.approx(active[0] + 10.0, abs=0.2)  # K/min, whatever the unit
    assert active[-1] == pytest.approx(40.0, abs=1e-3)
    scpi.stop()
    assert modbus.observe().state is ChamberState.OFF


def test_a_hand_at_the_panel_changes_the_unit(oven: OpenChamber, control: LabControl) -> None:
    modbus, scpi = oven("oven-1", "modbus"), oven("oven-1", "scpi")
    before = modbus.observe().process_degC
    scpi.observe()
    control.chamber("oven-1", unit="F")
    assert modbus.observe().process_degC == pytest.approx(before, abs=0.1)
    assert scpi.observe().process_degC == pytest.approx(before, abs=0.1)
    control.chamber("oven-1", unit="C")


@pytest.mark.parametrize(("name", "order", "other"), [("oven-1", "low", "high"), ("oven-2", "high", "low")])
def test_a_hand_at_the_panel_changes_the_word_order(
    oven: OpenChamber, control: LabControl, name: str, order: str, other: str
) -> None:
    """Read the wrong way round a temperature is next to nothing, which in degF is a believable -17.78 degC."""
    one = oven(name, "modbus")
    before = one.observe()
    control.chamber(name, word_order=other)
    with pytest.raises(Garbled, match="absurd in word order"):
        one.observe()
    assert one.observe().process_degC == pytest.approx(before.process_degC, abs=0.1)
    control.chamber(name, word_order=order)
    with pytest.raises(Garbled, match="absurd in word order"):
        one.set_temperature(30.0)
    assert one.observe().set_point_degC == before.set_point_degC


@pytest.mark.parametrize(("name", "wire"), OVENS)
def test_what_befalls_it_is_seen(oven: OpenChamber, control: LabControl, name: str, wire: str) -> None:
    one = oven(name, wire)
    control.chamber(name, sensor="open")
    assert one.observe().process_degC is None
    assert any("no process value" in line for line in one.observe().alarms)
    control.chamber(name, sensor="ok")
    assert one.observe().process_degC is not None
    if wire == "scpi":  # which tells no alarm
        return
    control.chamber(name, alarm=1, on=True)
    assert any(line.startswith("alarm 1") for line in one.observe().alarms)
    control.chamber(name, alarm=1, on=False)
    control.chamber(name, limit="trip")
    assert one.observe().state is ChamberState.TRIPPED
    with pytest.raises(Refused, match="while it is tripped"):
        one.set_temperature(30.0)
    control.chamber(name, limit="reset")


def test_a_profile_of_its_own_is_not_written_over(oven: OpenChamber, control: LabControl) -> None:
    one = oven("oven-1", "modbus")
    control.chamber("oven-1", profile=1)
    assert one.observe().state is ChamberState.PROFILE
    with pytest.raises(Refused, match="while it is profile"):
        one.set_temperature(30.0)
    one.stop()
    assert one.observe().state is ChamberState.OFF


@pytest.mark.parametrize(("name", "wire"), [OVENS[0], OVENS[1], OVENS[4]])
@pytest.mark.parametrize("do", ["drop_request", "drop_reply", "close_before_reply", "close_mid_reply", "half_open"])
def test_faults_of_the_wire(control: LabControl, chamber: OpenChamber, name: str, wire: str, do: str) -> None:
    port = control.port(name) if wire == "line" else control.port(name, wire)
    family = {"line": {"family": "thermotron-8200", "unit": "degC"}}.get(wire, {"transport": wire})
    one = chamber(f"127.0.0.1:{port}", temperature=LAB_LIMITS, timeout=1.0, **family)
    before = one.observe().process_degC
    control.fault(name, f"{wire}s *" if wire == "line" else f"{wire} *", do)
    with pytest.raises((Unreachable, Garbled)):
        one.observe()
    assert one.observe().process_degC == pytest.approx(before, abs=0.1)


@pytest.mark.parametrize(("name", "wire"), OVENS[:2])
def test_a_late_reply_is_never_the_next_answer(control: LabControl, chamber: OpenChamber, name: str, wire: str) -> None:
    """It is due long after the time-out, so that also a thread that is woken late has given up before."""
    one = chamber(f"127.0.0.1:{control.port(name, wire)}", transport=wire, temperature=LAB_LIMITS, timeout=1.0)
    before = one.observe()
    control.fault(name, f"{wire} *", {"delay_s": LATE_S})
    with pytest.raises(Unreachable):
        one.observe()
    held_until_s = time.monotonic() + LATE_S
    seen = 0
    while time.monotonic() < held_until_s or not seen:  # by then the late reply has come
        with suppress(Unreachable):  # a machine that stands still for a second
            now = one.observe()
            assert now.process_degC == pytest.approx(before.process_degC, abs=0.1)
            assert now.set_point_degC == before.set_point_degC
            seen += 1


@pytest.mark.parametrize(("name", "wire"), OVENS)
def test_garbled_replies_are_never_believed(oven: OpenChamber, control: LabControl, name: str, wire: str) -> None:
    """Modbus TCP has no checksum of its own: a whole frame of nonsense is told by what its values would mean."""
    one = oven(name, wire, timeout=1.0)
    before = one.observe()
    for exchange in range(1, 6):
        control.fault(name, f"{wire}s *" if wire == "line" else f"{wire} *", "garble", nth=exchange)
        try:
            seen = one.observe()
        except (Garbled, Unreachable):
            continue
        assert seen.process_degC in (None, pytest.approx(before.process_degC, abs=0.1))
        assert seen.set_point_degC in (None, before.set_point_degC)
        assert seen.state in (ChamberState.UNKNOWN, before.state)
