"""The ctypes boundary: every way in which clients pass arguments, other boards, and bytes that are no call."""

import ctypes as c
import socket
from pathlib import Path

import numpy as np
import pytest

from simulators.biologic.arguments import parameter_images
from simulators.biologic.eclib import VirtualBlFind, VirtualEClib
from simulators.biologic.error_code import EclibError
from simulators.biologic.structs import (
    ChannelInfos,
    CurrentValues,
    DataInfos,
    DeviceInfos,
    EccParam,
    ExperimentInfos,
    HardwareConf,
)
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

CP: Parameters = {"Current_step": [1e-3], "Duration_step": [60.0], "Record_every_dT": 1.0, "I_Range": 8}


@pytest.mark.parametrize(
    ("struct", "size"),
    [
        (DeviceInfos, 44), (ChannelInfos, 84), (CurrentValues, 76), (DataInfos, 40), (EccParam, 76), (HardwareConf, 8),
        (ExperimentInfos, 272),
    ],
)  # fmt: skip
def test_structures_have_the_sizes_of_the_dll(struct: type[c.Structure], size: int) -> None:
    assert c.sizeof(struct) == size
    assert DataInfos.StartTime.offset == 28


def test_pointers_structures_and_instances_do_as_byref_does(lab: LabThread) -> None:
    dll = VirtualEClib()
    identity, infos = c.c_int32(), DeviceInfos()
    address = c.create_string_buffer(f"127.0.0.1:{lab.port('vsp-1')}".encode())
    assert dll.BL_Connect(address, c.c_uint8(5), c.pointer(identity), infos) == 0
    assert infos.DeviceCode == 20
    assert dll.BL_TestConnection(identity) == 0
    assert dll.BL_GetChannelsPlugged(identity, c.c_void_p(), 16) == 0
    plugged = bytes(16)  # as kbio passes it
    assert dll.BL_GetChannelsPlugged(identity, plugged, 16) == 0
    assert plugged[:4] == b"\1\1\0\1"
    shorter = (c.c_int32 * 19)()
    assert dll.BL_GetChannelInfos(identity, 0, c.byref(shorter)) == -308
    assert shorter[18] == 0
    assert dll.BL_Disconnect(identity) == 0
    assert dll.BL_Disconnect(identity) == -1


def test_parameters_that_are_not_packed_are_refused() -> None:
    class Unpacked(c.Structure):
        _fields_ = (("length", c.c_int32), ("first", c.POINTER(EccParam)))

    with pytest.raises(EclibError):
        parameter_images(Unpacked(1, c.pointer(EccParam())))


def test_an_array_for_a_channel_is_the_low_byte_of_its_address(eclib: EclibClient) -> None:
    channels = (c.c_uint8 * 16)(1)
    low = c.addressof(channels) & 0xFF
    assert eclib.dll.BL_StartChannel(eclib.id, channels) == (-6 if low in {0, 1, 3} else -3)


def test_a_digital_board_takes_other_files_and_writes_ieee(lab_text: str, tmp_path: Path) -> None:
    digital = lab_text.replace("board: {", "board: {board_type: 3, ")
    lab = LabThread(parse_lab(digital, tmp_path))
    with lab, lab.control() as control, EclibClient(lab.port("vsp-1")) as eclib:
        eclib.load_firmware([0])
        assert eclib.load(0, "cp4", CP) == -401
        eclib.link(0, ("cp5", CP))
        assert eclib.start(0) == 0
        control.advance(3.5)
        current_A = eclib.data(0).words[:, 3].copy().view(np.float32)
        assert current_A == pytest.approx([1e-3] * 3)
        assert eclib.infos(0)[1][19] == 1


def test_current_values_are_ieee_and_show_the_cell(eclib: EclibClient, control: LabControl) -> None:
    before = eclib.values(0)
    assert before["ewe"] == pytest.approx(control.cells()["vsp-1"]["0"]["voltage_V"])
    eclib.link(0, ("cp4", CP | {"Current_step": [0.02]}))
    assert eclib.start(0) == 0
    control.advance(5)
    during = eclib.values(0)
    assert during["i"] == pytest.approx(0.01)  # what its 10 mA range can drive
    assert (during["i_range"], during["i_over"], during["saturation"]) == (8, 1, 1)
    assert during["elapsed"] == pytest.approx(5)
    assert eclib.stop(0) == 0
    assert eclib.values(0)["i"] == 0


def test_an_update_is_checked_as_loading_is(eclib: EclibClient) -> None:
    eclib.link(0, ("cp4", CP))
    assert eclib.start(0) == 0
    assert eclib.update(0, 0, "cp4", {"Step_number": 100}) == -4
    assert eclib.update(0, 0, "cp4", {"Nonsense": 1}) == -4
    assert eclib.update(0, 0, "cp4", {"Current_step": [1]}) == -4


def test_a_sweep_notices_an_update_at_its_next_vertex(eclib: EclibClient, control: LabControl) -> None:
    scan: Parameters = {
        "Voltage_step": [1.3, 1.2, 1.3], "Scan_Rate": [0.0, 0.01, 0.01], "Scan_number": 1, "Record_every_dE": 0.02,
    }  # fmt: skip
    eclib.link(0, ("vscan4", scan))
    assert eclib.start(0) == 0
    control.advance(5)
    assert eclib.update(0, 0, "vscan4", {"Voltage_step": [1.3, 1.1, 1.24]}) == 0
    control.advance(60)
    (rows,) = eclib.drain(0)
    assert rows.single(2) == pytest.approx([1.28, 1.26, 1.24, 1.22, 1.2, 1.22, 1.24], abs=1e-4)


def test_a_loop_around_nothing_goes_on_in_time(eclib: EclibClient, control: LabControl) -> None:
    nowhere: Parameters = {
        "Voltage_step": [1.2] * 5, "Scan_Rate": [0.01] * 5, "Scan_number": 2, "Record_every_dE": 0.01,
    }  # fmt: skip
    eclib.link(0, ("cv4", nowhere), ("loop4", {"loop_N_times": -1, "protocol_number": 0}))
    assert eclib.start(0) == 0
    control.advance(0.01)
    assert eclib.values(0)["state"] == 1
    assert eclib.stop(0) == 0


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 64,
        b"\x02\0\0\0\0\0\0\0[]",
        b"\x03\0\0\0\0\0\0\0{x}",
    ],
)
def test_bytes_that_are_no_call_end_their_connection_only(eclib: EclibClient, lab: LabThread, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", lab.port("vsp-1")), 60) as stranger:
        stranger.sendall(sent)
        assert stranger.recv(16) == b""
    assert eclib.dll.BL_TestConnection(eclib.id) == 0


@pytest.mark.parametrize(
    "header",
    [
        b"{}",
        b'{"call":"Nothing"}',
        b'{"call":"StartChannel"}',
        b'{"call":"StartChannel","channel":[1]}',
        b'{"call":"LoadTechnique","channel":0,"file":7,"first":1,"last":1}',
        b'{"call":"GetTechniqueInfos","channel":0,"index":"x"}',
        b'{"call":"StartChannels","channels":7}',
        b'{"call":"SetHardConf","channel":0}',
    ],
)
def test_calls_that_make_no_sense_are_answered_with_a_code(eclib: EclibClient, lab: LabThread, header: bytes) -> None:
    with socket.create_connection(("127.0.0.1", lab.port("vsp-1")), 60) as stranger:
        stranger.sendall(len(header).to_bytes(4, "little") + bytes(4) + header)
        assert b'"code":-' in stranger.recv(1000)


def test_the_finder_tells_of_those_that_answer(lab: LabThread, control: LabControl) -> None:
    address = f"127.0.0.1:{lab.port('vsp-1')}"
    finder = VirtualBlFind("blfind64.dll", (address, "127.0.0.1:1"))
    buffer, size, count = c.create_string_buffer(4096), c.c_uint32(4096), c.c_uint32()
    assert finder.BL_FindEChemDev(c.byref(buffer), c.byref(size), c.byref(count)) == 0
    text = buffer.raw[: 2 * size.value].decode("utf-16-le")
    assert count.value == 1
    assert text.endswith("%")
    fields = text.removesuffix("%").split("$")
    assert len(fields) == 9
    assert (fields[0], fields[1], fields[6], fields[7]) == ("Ethernet", address, "VSP-300", "0123")
    assert finder.BL_SetConfig(b"192.109.209.128", b"IP%1.2.3$NM%255.255.255.0$GW%1.1.1.1$") == -33
