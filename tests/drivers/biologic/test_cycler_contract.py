"""The contract of every Cycler, on the virtual VSP-300: what is read equals the instrument's own ledger."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.biologic.cycler import BiologicCycler
from drivers.biologic.technique_list import TechniqueList
from drivers.contracts import ChannelState, Cycler, PacesLooks
from drivers.errors import Refused
from protocols.program import Loop, Program
from simulators.lab.client import LabControl
from tests.drivers.biologic.biologic_programs import (
    CV,
    CYCLING,
    DISCHARGE,
    GEIS,
    PEIS,
    REST,
    TITRATION,
    at,
    program,
)
from tests.drivers.biologic.transport_bench import TAG, drained, ledger_of, read_all, start, truth, until_complete
from tests.drivers.contract import check_capabilities, check_observation, check_reading, check_translation


def test_observation_before_anything_was_started(vsp: BiologicCycler) -> None:
    seen = check_observation(vsp)
    assert list(seen) == ["1", "2", "4"]
    assert {status.state for status in seen.values()} == {ChannelState.IDLE}
    assert vsp.identify().model == "VSP-300"
    assert isinstance(vsp, Cycler)
    assert isinstance(vsp, PacesLooks)
    assert vsp.look_within_s() == float("inf")


def test_capabilities_and_translation(vsp: BiologicCycler) -> None:
    check_capabilities(vsp, "1")
    check_translation(vsp, "1", program(REST, Loop(2, (DISCHARGE,), at(2)), PEIS))
    check_translation(vsp, "1", program(CYCLING, CV))


@pytest.mark.parametrize(
    "whole",
    [program(REST, CYCLING), program(CV), program(PEIS, REST, GEIS), program(TITRATION)],
    ids=["cycling", "voltammetry", "impedance", "titration"],
)
def test_a_whole_test_equals_the_ledger(vsp: BiologicCycler, control: LabControl, whole: Program) -> None:
    handle = start(vsp, whole)
    until_complete(vsp, control)
    status = check_observation(vsp)["1"]
    assert (status.state, status.tag, status.test_id) == (ChannelState.FINISHED, TAG, handle.test_id), status
    batch = check_reading(vsp, handle, 250)
    assert status.records == len(batch) > 0
    ledger = ledger_of(control)
    assert (ledger["fate"] == 1).all()
    listed = TechniqueList.load(vsp.translate(whole, "1").content).techniques
    marks_from = [it.end_mark for it in listed].index(True)
    told = truth(ledger, marks_from)
    in_steps = batch.columns["step_time_s"] >= 0
    points = np.isin(batch.columns["test_time_s"], vsp.read(handle, "", 10**9).spectra["test_time_s"])
    for name, values in told.items():
        expected = np.nan_to_num(values) if name == "current_A" else values
        np.testing.assert_allclose(batch.columns[name][in_steps & ~points], expected, rtol=1e-12, atol=1e-12)
    assert points.sum() == ((ledger["process"] == 1) & (ledger["technique_index"] < marks_from)).sum()


def test_pausing_is_refused_and_said_to_be(vsp: BiologicCycler) -> None:
    vsp.observe()
    assert vsp.capabilities("1").pause == "none"
    with pytest.raises(Refused, match="cannot pause"):
        vsp.pause("1")
    with pytest.raises(Refused, match="cannot go on"):
        vsp.resume("1")


def test_a_status_says_cycle_and_step_of_the_last_record(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, program(REST, CYCLING))
    assert vsp.observe()["1"].step is None, "nothing has been read yet"
    control.advance(4000)
    drained(vsp)
    batch, _ = read_all(vsp, handle)
    status = vsp.observe()["1"]
    assert (status.cycle, status.step) == (batch.columns["cycle"][-1], batch.columns["step"][-1])
    assert status.step > 1
