"""What the lab can let go wrong with the instrument, as its library tells it."""

import ctypes as c
import threading
from pathlib import Path

import pytest

from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.refusal import LabRefusal
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

CP: Parameters = {"Current_step": [1e-3], "Duration_step": [600.0], "Record_every_dT": 1.0, "I_Range": 9}


def test_a_lost_link_is_told_and_the_next_call_connects_anew(eclib: EclibClient, control: LabControl) -> None:
    control.fault("vsp-1", "TestConnection", "drop_link")
    assert eclib.dll.BL_TestConnection(eclib.id) == -200
    assert eclib.dll.BL_TestConnection(eclib.id) == 0


def test_rows_whose_reply_is_lost_are_gone(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", CP))
    eclib.start(0)
    control.advance(10.5)
    identity = c.c_int32()
    assert eclib.dll.BL_Connect(eclib.address, 5, c.byref(identity), None) == 0  # time-out of 5 s
    control.fault("vsp-1", "GetData", "drop_reply")
    buffer, infos, values = (c.c_uint32 * 1000)(), (c.c_uint8 * 40)(), (c.c_uint8 * 76)()
    assert eclib.dll.BL_GetData(identity, 0, buffer, infos, values) == -200
    control.advance(5)
    assert eclib.data(0).words.shape == (5, 5)
    assert (control.ledger("vsp-1", "0", 1)["fate"] == 1).all()


@pytest.mark.parametrize("do", ["close_mid_reply", "garble"])
def test_half_a_reply_and_nonsense_are_failed_communication(eclib: EclibClient, control: LabControl, do: str) -> None:
    control.fault("vsp-1", "TestConnection", do)
    assert eclib.dll.BL_TestConnection(eclib.id) == -200
    assert eclib.dll.BL_TestConnection(eclib.id) == 0


def test_a_late_reply_is_waited_for_until_the_time_out(lab: LabThread, control: LabControl) -> None:
    with EclibClient(lab.port("vsp-1")) as eclib:
        control.fault("vsp-1", "TestConnection", {"delay_s": 0.05})
        assert eclib.dll.BL_TestConnection(eclib.id) == 0
        identity = c.c_int32()
        assert eclib.dll.BL_Connect(eclib.address, 1, c.byref(identity), None) == 0  # time-out of 1 s
        control.fault("vsp-1", "TestConnection", {"delay_s": 5})
        assert eclib.dll.BL_TestConnection(identity) == -200
        assert eclib.dll.BL_TestConnection(identity) == 0  # a new connection: the late reply is nobody's


def test_the_speed_of_the_link_is_measured(eclib: EclibClient) -> None:
    receiver, kernel = c.c_int32(), c.c_int32()
    assert eclib.dll.BL_TestCommSpeed(eclib.id, 0, c.byref(receiver), c.byref(kernel)) == 0
    assert receiver.value >= 1
    assert kernel.value >= 1


def test_any_code_can_be_asked_for(eclib: EclibClient, control: LabControl) -> None:
    control.fault("vsp-1", "BL_StartChannel", {"error": -12})
    eclib.link(0, ("cp4", CP))
    assert eclib.start(0) == -12
    assert eclib.start(0) == 0


def test_power_off_and_on_keeps_everything(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", CP))
    eclib.start(0)
    control.power("vsp-1", on=False)
    assert eclib.dll.BL_TestConnection(eclib.id) == -200
    control.advance(20.5)
    control.power("vsp-1", on=True)
    assert eclib.data(0).words.shape == (20, 5)


def test_firmware_lost_and_taken_by_ec_lab(eclib: EclibClient, control: LabControl) -> None:
    control.fault("vsp-1", "TestConnection", {"channel": 0, "set": "firmware_lost"})
    eclib.dll.BL_TestConnection(eclib.id)
    assert eclib.start(0) == -308
    assert eclib.load_firmware([0]) == (0, {0: 0})
    control.fault("vsp-1", "TestConnection", {"channel": 0, "set": "eclab_loaded"})
    eclib.dll.BL_TestConnection(eclib.id)
    assert eclib.start(0) == -9
    assert eclib.load_firmware([0]) == (-9, {0: -9})
    assert eclib.load_firmware([0], force=True) == (0, {0: 0})


def test_an_open_input_is_an_option_error_that_is_read_once(eclib: EclibClient, control: LabControl) -> None:
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "open_input"})
    assert eclib.values(0)["opt_err"] == 2
    error, position = c.c_int32(), c.c_int32()
    assert eclib.dll.BL_GetOptErr(eclib.id, 0, c.byref(error), c.byref(position)) == 0
    assert error.value == 2
    assert eclib.values(0)["opt_err"] == 0


def test_one_current_beyond_every_range(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", CP))
    eclib.start(0)
    control.fault("vsp-1", "TestConnection", {"channel": 0, "set": "over_range"})
    eclib.dll.BL_TestConnection(eclib.id)
    control.advance(3.5)
    current_A = eclib.data(0).single(3)
    assert current_A[0] > 1e38
    assert current_A[1:] == pytest.approx([1e-3, 1e-3])


def test_flags_and_counts(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", CP))
    eclib.start(0)
    control.advance(2.5)
    control.fault("vsp-1", "GetData", {"channel": 0, "set": "irq_skipped"})
    assert eclib.data(0).skipped == 1
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "saturated"})
    assert eclib.values(0)["saturation"] == 1
    control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "memory_full"})
    eclib.values(0)
    control.advance(5)
    assert eclib.data(0).words.size == 0


def test_a_second_caller_waits_and_is_then_told_that_one_is_in_progress(lab: LabThread, control: LabControl) -> None:
    codes: list[int] = []

    def call() -> None:
        codes.append(eclib.dll.BL_TestConnection(eclib.id))

    with EclibClient(lab.port("vsp-1")) as eclib:
        assert eclib.dll.BL_Connect(eclib.address, 1, c.byref(c.c_int32()), None) == 0  # time-out of 1 s
        control.fault("vsp-1", "TestConnection", {"hang_s": 5.0})
        callers = [threading.Thread(target=call) for _ in range(2)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
    assert codes == [-12, 0]  # whoever came second gave up first


def test_open_leads_carry_no_current(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(3, ("cp4", CP))
    assert eclib.start(3) == 0
    control.advance(2.5)
    assert eclib.data(3).single(3) == pytest.approx([0, 0])
    assert eclib.values(3)["e_over"] == 1


def test_cells_are_plugged_while_nothing_runs(eclib: EclibClient, control: LabControl) -> None:
    cell = {"material": "sio_c_h", "active_mass_g": 0.002, "area_cm2": 1.131}
    control.plug("vsp-1", "3", cell)
    assert control.cells()["vsp-1"]["3"]["material"] == "sio_c_h"
    eclib.link(3, ("cp4", CP))
    assert eclib.start(3) == 0
    with pytest.raises(LabRefusal, match="CHANNEL_RUNNING"):
        control.unplug("vsp-1", "3")
    assert eclib.stop(3) == 0
    control.unplug("vsp-1", "3")
    with pytest.raises(LabRefusal, match="no channel '2'"):
        control.plug("vsp-1", "2", cell)


@pytest.mark.parametrize("do", ["explode", {"error": 5}, {"channel": 0, "set": "nothing"}, {"delay_s": -1}, None])
def test_faults_that_there_are_not(control: LabControl, do: object) -> None:
    with pytest.raises(LabRefusal, match="do must be one of"):
        control.fault("vsp-1", "GetData", do)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "right", "complaint"),
    [
        ("channels: [0, 6]", "channels: [0, 1, 3]", "instruments.vsp-1.channels: each channel once, from 0 to 5"),
        ("channels: [0, 0]", "channels: [0, 1, 3]", "instruments.vsp-1.channels: each channel once"),
        ("channels: [0]", "channels: [0, 1, 3]", "instruments.vsp-1.cells.1: no device has this channel"),
        ("board: {colour: red, ", "board: {", "instruments.vsp-1.board.colour: "),
        ("kind: vsp301", "kind: vsp300", "instruments.vsp-1.kind: "),
    ],
)
def test_mistakes_in_the_lab_file_name_their_key(lab_text: str, wrong: str, right: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("[", r"\[")):
        parse_lab(lab_text.replace(right, wrong, 1), Path())
