"""What goes wrong while something runs: hung calls, lost answers, limits that the service watches, a full memory."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.biologic.cycler import BiologicCycler
from drivers.contracts import LOST, ChannelState
from drivers.errors import Unreachable
from protocols.program import ConstantCurrent, Limits, Record, Rest, Until
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.drivers.biologic.biologic_programs import CYCLING, REST, at, program
from tests.drivers.biologic.conftest import LAB, OpenCycler
from tests.drivers.biologic.transport_bench import TAG, drained, ledger_of, read_all, settled, start, until_complete
from tests.simulators.biologic.eclib_client import EclibClient

FAST = program(ConstantCurrent(0.001, Until(duration_s=60.0), at(1)), record=Record(interval_s=0.01))


def test_stop_is_verified_and_idempotent(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, program(REST, CYCLING))
    control.advance(35)
    vsp.stop("1")
    assert vsp.observe()["1"].state is ChannelState.STOPPED
    vsp.stop("1")
    status = vsp.observe()["1"]
    assert (status.state, status.tag, status.test_id) == (ChannelState.STOPPED, TAG, handle.test_id)
    assert status.records_complete
    assert status.records == 3 == len(read_all(vsp, handle)[0])


def test_a_hung_call_is_killed_in_time_and_nothing_else_is_lost(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp(timeout="3 s")
    handle = start(vsp, program(REST))
    control.advance(25)
    control.fault("vsp-1", "GetCurrentValues", {"hang_s": 60})
    hung, began = vsp.link.pid, time.monotonic()
    with pytest.raises(Unreachable, match="has not answered for 3 s; its process was killed"):
        vsp.observe()
    assert time.monotonic() - began < 30, "the call was waited for"
    status = vsp.observe()["1"]
    assert vsp.link.pid != hung
    assert (status.state, status.test_id) == (ChannelState.RUNNING, handle.test_id)
    until_complete(vsp, control)
    batch, problems = read_all(vsp, handle)
    assert len(batch) == 6
    assert problems == []


def test_a_start_that_hangs_may_have_arrived(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp(timeout="3 s")
    vsp.observe()
    control.fault("vsp-1", "StartChannel", {"hang_s": 60})
    with pytest.raises(Unreachable) as raised:
        start(vsp, program(REST))
    assert raised.value.sent
    status = vsp.observe()["1"]
    assert (status.state, status.tag) == (ChannelState.RUNNING, TAG)


def test_loading_that_hangs_has_started_nothing(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp(timeout="3 s")
    vsp.observe()
    control.fault("vsp-1", "GetExperimentInfos", {"hang_s": 60})
    with pytest.raises(Unreachable) as raised:
        start(vsp, program(REST))
    assert not raised.value.sent


@pytest.mark.parametrize("fault", ["drop_reply", "close_mid_reply", "garble", {"error": -12}, {"error": -200}])
def test_a_read_without_answer_is_said_once_where_it_may_have_taken_rows(
    open_vsp: OpenCycler, control: LabControl, fault: str
) -> None:
    vsp = open_vsp(timeout="10 s")
    handle = start(vsp, FAST)
    control.advance(5)
    vsp.observe()
    control.advance(5)
    control.fault("vsp-1", "GetData", fault, nth=2)
    if fault == {"error": -12}:
        assert vsp.observe()["1"].state is ChannelState.RUNNING
    else:
        with pytest.raises(Unreachable):
            drained(vsp)
    until_complete(vsp, control, step_s=20)
    batch, problems = read_all(vsp, handle)
    taken = ledger_of(control)["technique_index"] == 0
    missing = int(taken.sum()) - len(batch)
    if isinstance(fault, dict):
        assert missing == 0
    else:
        assert 0 < missing <= 200
    lost = [line for line in problems if line.startswith(LOST)]
    assert len(lost) == (fault != {"error": -12})
    assert all(line.startswith("up to 200 records between 2026-01-05T00:00:") for line in lost)
    assert lost == problems


@pytest.mark.parametrize(("times", "heard"), [(3, 0), (4, 1)])
def test_a_busy_library_is_asked_again_before_anybody_hears_of_it(
    vsp: BiologicCycler, control: LabControl, times: int, heard: int
) -> None:
    handle = start(vsp, FAST)
    control.advance(5)
    for nth in range(1, times + 1):
        control.fault("vsp-1", "GetCurrentValues", {"error": -12}, nth)
    told = [it.native_state for it in vsp.observe().values() if it.state is ChannelState.UNKNOWN]
    assert len(told) == heard
    assert all("another function is in progress" in line for line in told)
    assert vsp.observe()[handle.channel].state is ChannelState.RUNNING


def test_a_limit_that_only_the_service_watches_stops_the_channel(vsp: BiologicCycler, control: LabControl) -> None:
    resting = Rest(Until(duration_s=3600.0), at(1), limits=Limits(-0.05, 1.2, 0.01))  # the cell rests at 1.49 V
    start(vsp, program(replace(resting, limits=None)))  # a start that loads a kernel looks at the cell first
    vsp.stop("1")
    handle = start(vsp, program(resting))
    control.advance(30)
    status = settled(vsp)
    assert status.state is ChannelState.TRIPPED
    assert status.native_state.startswith("STOP, 1.49")
    assert status.native_state.endswith("V above 1.2 V")
    assert control.tests("vsp-1")[-1]["state"] == "stopped"
    assert vsp.observe()["1"].test_id == handle.test_id


def test_a_protective_stop_without_effect_is_told_and_given_again_until_it_works(
    vsp: BiologicCycler, control: LabControl
) -> None:
    resting = Rest(Until(duration_s=3600.0), at(1), limits=Limits(-0.05, 1.2, 0.01))
    start(vsp, program(replace(resting, limits=None)))
    vsp.stop("1")
    handle = start(vsp, program(resting))
    for nth in (1, 2, 3, 4):
        control.fault("vsp-1", "StopChannel", "false_ack", nth)
    control.advance(30)
    told = [vsp.observe()["1"] for _ in range(6)]
    unstopped = [one for one in told if one.stop_failed is not None]
    assert unstopped == told[: len(unstopped)]
    assert {one.state for one in unstopped} == {ChannelState.RUNNING}
    assert all(str(one.stop_failed).startswith("channel 1 still tells RUN after a stop: 1.49") for one in unstopped)
    after = told[-1]
    assert (after.state, after.stop_failed, after.test_id) == (ChannelState.TRIPPED, None, handle.test_id)
    assert control.tests("vsp-1")[-1]["state"] == "stopped"
    assert len(read_all(vsp, handle)[0]) > 0, "what was measured meanwhile is kept"


def test_what_another_client_changes_under_way_is_in_the_status(
    vsp: BiologicCycler, control: LabControl, lab: LabThread
) -> None:
    charging = ConstantCurrent(2e-5, Until(duration_s=36000.0), at(1), record=Record(interval_s=10.0))
    start(vsp, program(charging))
    control.advance(10)
    assert vsp.observe()["1"].limits_differ is None
    with EclibClient(lab.port("vsp-1")) as other:
        assert other.update(0, 0, "cplimit4", {"Test1_Value": [3.0]}) == 0
    told = []
    for _ in range(4):
        control.advance(10)
        told.append(vsp.observe()["1"].limits_differ)
    assert str(told[-1]).startswith("channel 1 reads back 3 for Test1_Value[0] of technique 0 (cplimit) instead of ")


def test_a_glitch_beyond_every_range_does_not_end_a_test(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, FAST)
    control.advance(1)
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "over_range"})
    until_complete(vsp, control, step_s=20)
    status = vsp.observe()["1"]
    batch, problems = read_all(vsp, handle)
    assert status.state is ChannelState.FINISHED
    assert status.records == len(batch) == 5999
    assert any("left out" in line for line in problems)


class TestASmallMemory:
    @pytest.fixture
    def lab_text(self) -> str:
        return LAB.replace("channels: [0, 1, 3]", "channels: [0, 1, 3]\n    board: {memory_bytes: 40000}")

    def test_the_next_look_comes_before_it_fills(self, vsp: BiologicCycler, control: LabControl) -> None:
        start(vsp, FAST)
        assert vsp.look_within_s() <= 1
        for _ in range(5):
            control.advance(0.2)
            vsp.observe()
        assert 0 < vsp.look_within_s() <= 0.05 * 40000 / 20 / 100  # 100 rows a second of 20 bytes

    def test_lost_points_and_the_alarm_are_told(self, vsp: BiologicCycler, control: LabControl) -> None:
        handle = start(vsp, FAST)
        vsp.observe()
        control.advance(30)  # 3000 rows, of which 2000 fit
        assert "memory 100 % full" in vsp.observe()["1"].native_state
        while not drained(vsp).records_complete:
            control.advance(5)
        batch, problems = read_all(vsp, handle)
        lost = ledger_of(control)["fate"] == 2
        assert len(batch) + lost.sum() == 6000
        assert lost.sum() == 1000
        assert any(line.startswith(f"{LOST}1000 record(s)") for line in problems), problems


def test_a_channels_messages_are_kept_with_its_records(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, program(REST))
    control.advance(10)
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "open_input"})
    vsp.observe()
    vsp.observe()
    until_complete(vsp, control)
    _, problems = read_all(vsp, handle)
    assert [line for line in problems if "option error 2 at 0: input open" in line]


def test_old_spools_go(vsp: BiologicCycler, control: LabControl, state_dir: Path) -> None:
    handles = []
    for number in range(6):
        handles.append(start(vsp, program(REST), tag=f"c#{number}.1.1"))
        until_complete(vsp, control)
    assert len(list(state_dir.glob("1-*.spool"))) == 4
    assert [len(read_all(vsp, handle)[0]) for handle in handles[2:]] == [6] * 4
    assert np.all(np.diff([int(str(handle.test_id), 36) for handle in handles]) > 0)
