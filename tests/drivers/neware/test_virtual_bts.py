"""The driver against the virtual BTS over its wire: what is read equals the instrument's ledger in every column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.contracts import ChannelState, ChannelStatus, TestHandle
from drivers.errors import Refused, Unreachable
from drivers.neware.address import Address
from drivers.neware.cycler import NewareCycler
from drivers.neware.step_kinds import STEP_KINDS
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    Limits,
    Loop,
    Program,
    Record,
    Rest,
    Until,
)
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.drivers.contract import check_capabilities, check_observation, check_reading, check_translation
from tests.drivers.neware.conftest import OpenCycler
from tests.drivers.neware.programs import at

CHANNEL = "27-21-2-3"
TAG = "L1 & <b>#17.1.1"
LAB = f"""
virtual_lab: one unit
control: 127.0.0.1:0
start: 2026-10-25T00:30:00+02:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{{devtype: 27, devid: 21, subdevices: 2, channels: 4}}]
    time_zone: Europe/Zurich
    quirks: {{wrong_subdevid: true, count_wrong: true}}
    paths: {{'D:\\steps': steps}}
    cells:
      {CHANNEL}: {{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}}
"""
PROGRAM = Program(
    steps=(
        Rest(Until(duration_s=1200.0), at(3)),
        Loop(
            3,
            (
                ConstantCurrent(-0.0011, Until(voltage_V=0.05, duration_s=1800.0), at(5)),
                ConstantCurrentConstantVoltage(0.0011, 1.5, Until(current_A=1e-4, duration_s=1500.0), at(6)),
            ),
            at(4),
        ),
    ),
    limits=Limits(-0.05, 2.0, 0.01),
    record=Record(interval_s=10.0, voltage_change_V=0.005),
)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    (tmp_path / "steps").mkdir()
    with LabThread(parse_lab(LAB, tmp_path)) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        yield connection


@pytest.fixture
def bts(lab: LabThread, cycler: OpenCycler, tmp_path: Path) -> NewareCycler:
    return cycler(f"127.0.0.1:{lab.port('bts-1')}", step_dir=str(tmp_path / "steps"), login=True, timeout=120.0)


def started(bts: NewareCycler, control: LabControl, program: Program = PROGRAM) -> TestHandle:
    handle = bts.start(CHANNEL, bts.translate(program, CHANNEL), TAG)
    control.advance(6.0)
    return replace(handle, test_id=bts.observe()[CHANNEL].test_id)


def advance(control: LabControl, bts: NewareCycler, seconds: float) -> ChannelStatus:
    control.advance(seconds)
    return bts.observe()[CHANNEL]


def test_contract(bts: NewareCycler, control: LabControl) -> None:
    assert len(check_observation(bts)) == 8
    check_capabilities(bts, CHANNEL)
    check_translation(bts, CHANNEL, PROGRAM)
    handle = started(bts, control)
    advance(control, bts, 20_000.0)
    check_reading(bts, handle, 700)


def test_every_column_equals_the_ledger_over_the_hour_that_comes_twice(bts: NewareCycler, control: LabControl) -> None:
    handle = started(bts, control)
    parts, cursor = [], ""
    for _ in range(12):
        status = advance(control, bts, 1500.0)
        assert status.tag == TAG
        batch = bts.read(handle, cursor)
        assert batch.problems == ()
        parts.append(batch.columns)
        cursor = batch.cursor
    assert status.state is ChannelState.FINISHED
    assert status.records_complete
    read = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    ledger = control.ledger("bts-1", CHANNEL, int(handle.test_id or 0))
    assert len(read["seq"]) == len(ledger["seqid"]) == status.records
    assert read["seq"].tolist() == ledger["seqid"].tolist()
    assert read["step"].tolist() == ledger["stepid"].tolist()
    assert read["cycle"].tolist() == (ledger["cycleid"] + 1).tolist()
    assert read["step_kind"].tolist() == [STEP_KINDS[str(word)] for word in ledger["steptype"]]
    assert (read["step_time_s"] * 1000).round().astype(int).tolist() == ledger["testtime_ms"].tolist()
    for ours, theirs in (("voltage_V", "volt_V"), ("current_A", "curr_A")):
        np.testing.assert_allclose(read[ours], ledger[theirs], rtol=1e-14, atol=0)
    for ours, theirs in (("step_capacity_Ah", "cap_Ah"), ("step_energy_Wh", "eng_Wh")):
        np.testing.assert_allclose(read[ours], ledger[theirs], rtol=1e-14, atol=0)
    since_start_s = ledger["unix_time_s"] - ledger["unix_time_s"][0]
    np.testing.assert_allclose(read["test_time_s"], since_start_s, atol=0.02)
    np.testing.assert_allclose(read["unix_time_s"], ledger["unix_time_s"], atol=1.5)


def test_a_busy_channel_is_refused_and_a_stopped_one_starts_again(bts: NewareCycler, control: LabControl) -> None:
    first = started(bts, control)
    with pytest.raises(Refused, match=r"busy \(working: test 1, barcode L1 & <b>#17\.1\.1\)"):
        bts.start(CHANNEL, bts.translate(PROGRAM, CHANNEL), "other#1.1.1")
    bts.stop(CHANNEL)
    bts.stop(CHANNEL)
    assert advance(control, bts, 10.0).state is ChannelState.STOPPED
    second = started(bts, control)
    assert (first.test_id, second.test_id) == ("1", "2")


def test_pause_resume_and_a_pause_at_a_cycles_boundary(bts: NewareCycler, control: LabControl) -> None:
    handle = started(bts, control)
    with pytest.raises(Refused, match="refused to go on"):
        bts.resume(CHANNEL)
    bts.pause(CHANNEL)
    assert advance(control, bts, 10.0).state is ChannelState.PAUSED
    with pytest.raises(Refused, match="busy"):
        bts.start(CHANNEL, bts.translate(PROGRAM, CHANNEL), "other#1.1.1")
    bts.resume(CHANNEL)
    assert advance(control, bts, 10.0).state is ChannelState.RUNNING
    bts.pause_before_cycle(CHANNEL, 2, 2)
    assert advance(control, bts, 10.0).pause_reserved
    status = advance(control, bts, 20_000.0)
    assert status.state is ChannelState.PAUSED
    cycles = bts.read(handle, "").columns["cycle"]
    assert cycles.max() == 1, "paused before the first record of cycle 2, with the whole of cycle 1 recorded"
    assert bts.client.step_layer(Address.parse(CHANNEL), "1")[-1].step == 3


def test_a_start_whose_reply_is_lost_has_started_once(bts: NewareCycler, control: LabControl) -> None:
    control.fault("bts-1", "start", "close_before_reply")
    with pytest.raises(Unreachable) as caught:
        bts.start(CHANNEL, bts.translate(PROGRAM, CHANNEL), TAG)
    assert caught.value.sent
    status = advance(control, bts, 6.0)
    tests = control.tests("bts-1")
    assert [test["barcode"] for test in tests] == [TAG]
    assert (status.tag, status.test_id, status.state) == (TAG, "1", ChannelState.RUNNING)


@pytest.mark.parametrize("do", ["drop_reply", "close_before_reply", "close_mid_reply", "garble", {"split": 7}])
@pytest.mark.parametrize("command", ["inquire", "download"])
def test_faults_of_the_wire_lose_and_double_nothing(
    bts: NewareCycler, control: LabControl, command: str, do: str | dict[str, float]
) -> None:
    handle = started(bts, control)
    advance(control, bts, 2000.0)
    if do == "drop_reply":  # nobody waits long for what never comes
        bts.client.connection.endpoint = replace(bts.client.connection.endpoint, timeout=2.0)
    control.fault("bts-1", command, do)
    try:
        bts.observe()
        batch = bts.read(handle, "")
    except Unreachable:
        assert do == "drop_reply"
        bts.observe()
        batch = bts.read(handle, "")
    assert len(batch) == bts.observe()[CHANNEL].records
    assert batch.columns["seq"].tolist() == list(range(1, len(batch) + 1))
    assert batch.problems == ()
