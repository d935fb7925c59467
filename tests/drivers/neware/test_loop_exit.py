"""A titration ends at its voltage: the instrument itself leaves the loop, and what is read equals its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.contracts import ChannelState, TestHandle
from drivers.neware.cycler import NewareCycler
from drivers.neware.step_file import step_file
from protocols.program import ConstantCurrent, Limits, Loop, Program, Record, Rest, Until
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from simulators.neware.step_file import parse_step_file
from simulators.neware.step_program import Condition
from tests.drivers.neware.conftest import OpenCycler
from tests.drivers.neware.programs import at

CHANNEL = "27-21-1-1"
LAB = f"""
virtual_lab: one unit
control: 127.0.0.1:0
start: 2026-03-02T08:00:00+00:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{{devtype: 27, devid: 21, subdevices: 1, channels: 1}}]
    time_zone: UTC
    paths: {{'D:\\steps': steps}}
    cells:
      {CHANNEL}: {{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}}
"""
PULSE = ConstantCurrent(-0.0011, Until(voltage_V=0.08, duration_s=600.0), at(7), leaves_loop=True)
PULSES = 500
"""Far more than the cell takes: only the voltage can end the titration."""
GITT = Program(
    steps=(
        Rest(Until(duration_s=60.0), at(5)),
        Loop(PULSES, (PULSE, Rest(Until(duration_s=1200.0), at(8))), at(6)),
    ),
    limits=Limits(-0.05, 2.0, 0.01),
    record=Record(interval_s=60.0),
)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    (tmp_path / "steps").mkdir()
    with LabThread(parse_lab(LAB, tmp_path)) as running:
        yield running


@pytest.fixture
def bts(lab: LabThread, cycler: OpenCycler, tmp_path: Path) -> NewareCycler:
    address = f"127.0.0.1:{lab.port('bts-1')}"
    return cycler(address, step_dir=str(tmp_path / "steps"), login=True, timeout=20.0, time_zone="UTC")


@pytest.mark.parametrize(("sign", "comparison"), [(-1, "<="), (1, ">=")])
def test_the_condition_jumps_to_the_end_and_nothing_else_ends_the_step_at_that_voltage(
    sign: int, comparison: str
) -> None:
    pulse = replace(PULSE, current_A=sign * 0.0011)
    read = parse_step_file(step_file(replace(GITT, steps=(Loop(3, (pulse, GITT.steps[0]), at(6)),))))
    assert read.steps[-1].kind == "end"
    assert read.steps[0].conditions == (Condition("voltage", comparison, 0.08, read.steps[-1].number),)  # type: ignore[arg-type]
    assert (read.steps[0].stop_voltage_V, read.steps[0].duration_s) == (None, 600.0)


def test_a_titration_ends_at_its_voltage_on_the_instrument_and_equals_the_ledger(
    lab: LabThread, bts: NewareCycler
) -> None:
    with lab.control() as control:
        bts.start(CHANNEL, bts.translate(GITT, CHANNEL), "L1#1.0.1")
        control.advance(PULSES * 1800.0)
        status = bts.observe()[CHANNEL]
        batch = bts.read(TestHandle(CHANNEL, "L1#1.0.1", status.test_id), "")
        ledger = control.ledger("bts-1", CHANNEL, int(status.test_id or 0))
    assert (status.state, status.records_complete) == (ChannelState.FINISHED, True)
    assert len(batch) == status.records == len(ledger["seqid"])
    read = batch.columns
    for ours, theirs in (("voltage_V", "volt_V"), ("current_A", "curr_A"), ("step_capacity_Ah", "cap_Ah")):
        np.testing.assert_allclose(read[ours], ledger[theirs], rtol=1e-14, atol=0)
    assert read["step"].tolist() == ledger["stepid"].tolist()
    pulse = read["step"] == 2
    assert 3 < read["cycle"].max() < PULSES, "several pulses, and not all of them"
    assert read["step"][-1] == 2, "the loop was left from the pulse, without another rest"
    assert read["voltage_V"][-1] == pytest.approx(0.08, abs=0.002)
    assert read["step_time_s"][-1] < 600.0
    assert read["voltage_V"][pulse][:-1].min() > 0.08 - 0.002
