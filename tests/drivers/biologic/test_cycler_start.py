"""Starting: what is refused before anything runs, and what an unanswered start leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.biologic.cycler import BiologicCycler
from drivers.contracts import ChannelState, Translation
from drivers.errors import Refused, Unreachable
from protocols.program import Limits
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.drivers.biologic.biologic_programs import CYCLING, REST, program
from tests.drivers.biologic.conftest import OpenCycler
from tests.drivers.biologic.transport_bench import TAG, read_all, start, until_complete
from tests.simulators.biologic.eclib_client import EclibClient

SHORT = program(REST)
LONG = program(REST, CYCLING)


def state(vsp: BiologicCycler, channel: str = "1") -> tuple[ChannelState, str | None, str | None]:
    status = vsp.observe()[channel]
    return status.state, status.tag, status.test_id


def test_a_busy_channel_is_refused_and_runs_on(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, LONG)
    control.advance(5)
    with pytest.raises(Refused, match=r"channel 1 is busy \(RUN: L1 "):
        start(vsp, SHORT, tag="other#1.1.1")
    assert state(vsp) == (ChannelState.RUNNING, TAG, handle.test_id)


def test_channels_are_independent(vsp: BiologicCycler, control: LabControl) -> None:
    first, second = start(vsp, LONG, "1", "a#1.1.1"), start(vsp, LONG, "2", "b#2.1.1")
    control.advance(5)
    assert state(vsp, "1") == (ChannelState.RUNNING, "a#1.1.1", first.test_id)
    assert state(vsp, "2") == (ChannelState.RUNNING, "b#2.1.1", second.test_id)
    assert state(vsp, "4")[0] is ChannelState.IDLE


def test_ec_lab_is_not_pushed_aside(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp()
    start(vsp, SHORT)
    until_complete(vsp, control)
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "eclab_loaded"})
    vsp.observe()
    told = vsp.observe()["1"]
    assert (told.state, told.taken) == (ChannelState.UNKNOWN, True)
    assert told.native_state == "another program, probably EC-Lab, owns channel 1"
    with pytest.raises(Refused, match="belongs to EC-Lab; disconnect it there, or write take_over_from_ec_lab: yes"):
        start(vsp, SHORT)
    vsp.close()
    willing = open_vsp(take_over_from_ec_lab="yes")
    handle = start(willing, SHORT)
    assert state(willing) == (ChannelState.RUNNING, TAG, handle.test_id)


def test_a_kernel_is_loaded_only_where_the_lab_file_lets_it(open_vsp: OpenCycler) -> None:
    vsp = open_vsp(load_firmware="no")
    with pytest.raises(Refused, match="no kernel loaded, and the lab file says load_firmware: no"):
        start(vsp, SHORT)


def test_lost_firmware_takes_the_test_with_it_and_its_records_stay(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, LONG)
    control.advance(30)
    vsp.observe()
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "firmware_lost"})
    vsp.observe()
    assert state(vsp) == (ChannelState.IDLE, None, None)
    assert len(read_all(vsp, handle)[0]) == 3
    again = start(vsp, SHORT)
    until_complete(vsp, control)
    assert state(vsp) == (ChannelState.FINISHED, TAG, again.test_id)


def test_a_parameter_read_back_otherwise_is_refused(vsp: BiologicCycler, control: LabControl, lab: LabThread) -> None:
    vsp.observe()
    start(vsp, SHORT)
    until_complete(vsp, control)
    techniques = lab.lab.instruments["vsp-1"]._device.channels[0]  # type: ignore[attr-defined]
    load = techniques.load_technique
    sixty, sixty_four = b"\0\0\x70\x42", b"\0\0\x80\x42"
    techniques.load_technique = lambda path, images, **ends: load(path, images.replace(sixty, sixty_four), **ends)
    with pytest.raises(Refused, match=r"reads back 64 for Rest_time_T\[0\] of technique 0 \(ocv\) instead of 60.0"):
        start(vsp, SHORT, tag="other#1.1.1")
    assert {test["state"] for test in control.tests("vsp-1")} == {"finished"}


def test_a_refused_technique_tells_the_instruments_reason(vsp: BiologicCycler) -> None:
    content = vsp.translate(SHORT, "1").content.replace(b"Record_every_dT", b"Record_every_dQ")
    with pytest.raises(Refused, match=r"refused technique 0 \(ocv\).*-4.*Record_every_dQ"):
        vsp.start("1", Translation(content, "application/json", ()), TAG)
    assert state(vsp) == (ChannelState.IDLE, None, None)


@pytest.mark.parametrize("fault", ["drop_link", {"error": -200}])
def test_a_start_that_did_not_arrive_is_no_test(vsp: BiologicCycler, control: LabControl, fault: str) -> None:
    first = start(vsp, SHORT)
    until_complete(vsp, control)
    control.fault("vsp-1", "StartChannel", fault)
    with pytest.raises(Unreachable) as raised:
        start(vsp, LONG, tag="again#1.1.1")
    assert raised.value.sent
    assert state(vsp)[2] == first.test_id
    control.advance(60)
    assert state(vsp)[2] == first.test_id
    handle = start(vsp, LONG, tag="again#1.1.2")
    assert state(vsp) == (ChannelState.RUNNING, "again#1.1.2", handle.test_id)


def test_a_start_whose_answer_was_lost_is_found(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp(timeout="10 s")
    vsp.observe()
    control.fault("vsp-1", "StartChannel", "drop_reply")
    with pytest.raises(Unreachable) as raised:
        start(vsp, SHORT)
    assert raised.value.sent
    vsp.close()
    control.advance(3)
    later = open_vsp()
    seen, tag, test_id = state(later)
    assert (seen, tag) == (ChannelState.RUNNING, TAG)
    assert test_id is not None
    until_complete(later, control)
    assert state(later) == (ChannelState.FINISHED, TAG, test_id)


def test_a_refused_start_is_settled(vsp: BiologicCycler, control: LabControl) -> None:
    control.fault("vsp-1", "StartChannel", {"error": -6})
    with pytest.raises(Refused, match="refused to start"):
        start(vsp, SHORT)
    assert state(vsp) == (ChannelState.IDLE, None, None)


def test_a_foreign_test_is_seen_as_one(vsp: BiologicCycler, control: LabControl, lab: LabThread) -> None:
    handle = start(vsp, SHORT)
    until_complete(vsp, control)
    with EclibClient(lab.port("vsp-1")) as other:
        rest = {"Rest_time_T": 100.0, "Record_every_dT": 1.0, "Record_every_dE": 0.0, "E_Range": 2, "tb": 2e-5}
        other.link(0, ("ocv4", rest))
        assert other.start(0) == 0
        control.advance(2)
        assert state(vsp) == (ChannelState.RUNNING, None, "foreign")
        assert state(vsp) == (ChannelState.RUNNING, None, "foreign")
        assert len(other.data(0).words) == 2  # its rows are left to it
    with pytest.raises(Refused, match=r"busy \(RUN: a test of another program\)"):
        start(vsp, SHORT)
    assert len(read_all(vsp, handle)[0]) == 6
    vsp.stop("1")
    assert state(vsp) == (ChannelState.IDLE, None, None)


def test_somebody_starting_our_list_again_is_foreign(vsp: BiologicCycler, control: LabControl, lab: LabThread) -> None:
    start(vsp, SHORT)
    until_complete(vsp, control)
    with EclibClient(lab.port("vsp-1")) as other:
        assert other.start(0) == 0
        control.advance(2)
        assert state(vsp) == (ChannelState.RUNNING, None, "foreign")


def test_options_that_are_unknown_or_wrong_are_named(open_vsp: OpenCycler) -> None:
    for options, match in (
        ({"libary": "x"}, "unknown option 'libary' of a biologic instrument; known: channel, library"),
        ({"timeout": "soon"}, "option timeout is 'soon'; write e.g. timeout: 10 s"),
        ({"load_firmware": "maybe"}, "option load_firmware is 'maybe'; write yes or no"),
        ({"address": " "}, "write e.g. 192.109.209.128 or USB0"),
    ):
        with pytest.raises(ValueError, match=match):
            open_vsp(**options)


def test_ranges_of_the_lab_file_narrow_what_the_channel_can(open_vsp: OpenCycler) -> None:
    vsp = open_vsp(channel={"voltage_min_V": -1.0, "voltage_max_V": 3.0, "current_max_A": 0.001})
    can = vsp.capabilities("1")
    assert (can.voltage_min_V, can.voltage_max_V, can.current_max_A) == (-1.0, 3.0, 0.001)
    lines = [str(problem) for problem in vsp.check(SHORT, "1")]
    assert any("limits.voltage -0.05 … 4 V is wider than the lab file's channel, -1 … 3 V" in line for line in lines)
    assert any("limits.current 0.008 A is above the lab file's channel, 0.001 A" in line for line in lines)
    with pytest.raises(Refused, match="wider than the lab file's channel"):
        vsp.translate(SHORT, "1")


def test_without_a_library_one_line_says_what_to_do(open_vsp: OpenCycler, tmp_path: Path) -> None:
    for library in ("easy-biologic", str(tmp_path / "EClib64.dll")):
        with pytest.raises(Refused) as raised:
            open_vsp(library=library).observe()
        message = str(raised.value)
        assert "\n" not in message
        assert "EClib is a Windows DLL: install `cellbench[biologic]` on Windows, or give this instrument a" in message
    with pytest.raises(Refused, match=r"library 'nowhere.at:All' cannot be imported"):
        open_vsp(library="nowhere.at:All").observe()


def test_what_channels_told_is_known_without_a_connection(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp()
    vsp.identify()
    expected = vsp.capabilities("1")
    vsp.close()
    control.power("vsp-1", on=False)
    offline = open_vsp()
    assert offline.capabilities("1") == expected
    assert offline.translate(LONG, "1").content
    with pytest.raises(Unreachable):
        offline.observe()


def test_a_wrong_cell_is_refused_though_the_channel_had_no_kernel_until_now(
    vsp: BiologicCycler, control: LabControl
) -> None:
    """Without a kernel no voltage is told, so nobody above could look before the start."""
    assert vsp.observe()["1"].voltage_V is None
    listed = vsp.translate(program(REST, limits=Limits(3.0, 4.2, 0.01)), "1")
    with pytest.raises(Refused, match=r"wrong cell\? It rests at \d.+ V, and the protocol's limits are 3 V to 4.2 V"):
        vsp.start("1", listed, TAG)
    assert control.tests("vsp-1") == []
    assert state(vsp) == (ChannelState.IDLE, None, None)
