"""What is refused, with which code, when calls come in the wrong order or with the wrong content."""

import ctypes as c

import pytest

from simulators.biologic.eclib import VirtualBlFind, VirtualEClib
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient

OCV = {"Rest_time_T": 10.0, "Record_every_dT": 1.0, "Record_every_dE": 1.0}
CP = {"Current_step": [1e-3], "Duration_step": [60.0], "Step_number": 0, "Record_every_dT": 1.0, "I_Range": 8}


def test_without_connection_every_call_says_so() -> None:
    dll = VirtualEClib()
    assert dll.BL_TestConnection(0) == -1
    assert dll.BL_StartChannel(0, 0) == -1
    assert dll.BL_Disconnect(0) == -1
    assert dll.BL_IsChannelPlugged(0, 0) == 0


@pytest.mark.parametrize(
    ("address", "code"),
    [(b"127.0.0.1:1", -201), (b"300.1.1.1:80", -203), (b"nonsense", -203), (b"USB0", -201), (b"192.109.209.128", -201)],
)
def test_addresses_that_lead_nowhere(address: bytes, code: int) -> None:
    assert VirtualEClib().BL_Connect(address, 1, c.byref(c.c_int32()), c.byref((c.c_int32 * 11)())) == code


def test_before_firmware_nothing_of_a_channel_works_but_its_infos_are_filled(bare: EclibClient) -> None:
    code, infos = bare.infos(0)
    assert code == -308
    assert infos[3] == 0
    assert infos[12] == 4 * 2**20
    assert bare.load(0, "ocv4", OCV) == -308
    assert bare.start(0) == -308
    assert bare.stop(0) == -308
    assert bare.dll.BL_GetCurrentValues(bare.id, 0, c.byref((c.c_uint8 * 76)())) == -308
    board = c.c_uint32()
    assert bare.dll.BL_GetChannelBoardType(bare.id, 0, c.byref(board)) == 0
    assert board.value == 2


def test_what_is_not_plugged(bare: EclibClient) -> None:
    code, results = bare.load_firmware([0, 2])
    assert (code, results) == (-3, {0: 0, 2: -3})
    assert bare.start(2) == -3
    plugged = (c.c_uint8 * 16)()
    assert bare.dll.BL_GetChannelsPlugged(bare.id, c.byref(plugged), 16) == 0
    assert [number for number, it in enumerate(plugged) if it] == [0, 1, 3]
    assert bare.dll.BL_IsChannelPlugged(bare.id, 1) == 1
    assert bare.load_firmware([]) == (-7, {})


def test_start_needs_a_closed_list(eclib: EclibClient) -> None:
    assert eclib.start(0) == -6
    assert eclib.load(0, "ocv4", OCV, first=True, last=False) == 0
    assert eclib.start(0) == -6
    assert eclib.load(0, "ocv4", OCV, first=False, last=True) == 0
    assert eclib.load(0, "ocv4", OCV, first=False, last=True) == -403
    assert eclib.start(0) == 0


def test_while_it_runs(eclib: EclibClient) -> None:
    eclib.link(0, ("cp4", CP))
    assert eclib.start(0) == 0
    assert eclib.start(0) == -13
    assert eclib.load(0, "ocv4", OCV) == -13
    assert eclib.load_firmware([0], force=True)[0] == -13
    assert eclib.stop(0) == 0
    assert eclib.stop(0) == 0


@pytest.mark.parametrize(
    ("file", "code"), [("ocv", -401), ("ocv5", -401), ("nothing4", -400), ("dpv4", -403), ("OCV4", 0), ("loop4", -4)]
)
def test_files_by_name_and_board(eclib: EclibClient, file: str, code: int) -> None:
    parameters = {"loop_N_times": 1, "protocol_number": 0} if file == "loop4" else OCV if "ocv" in file.lower() else {}
    assert eclib.load(0, file, parameters) == code


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"current_step": [1.0]}, "unknown parameter 'current_step'"),
        ({"Step_number": 0.0}, "Step_number must be of type int"),
        ({"Current_step": [1]}, "Current_step must be of type single"),
        ({"vs_initial": [1]}, "vs_initial must be of type bool"),
        ({"Step_number": [0, 0]}, "Step_number has no element 1"),
        ({"Step_number": 100}, "Step_number is between 0 and 99"),
        ({"I_Range": 12}, "CP takes no automatic current range"),
        ({"I_Range": 11}, "this channel has no current range 11"),
        ({"Current_step": [float("nan")]}, "Current_step is nan"),
    ],
)
def test_parameters_that_make_no_sense(eclib: EclibClient, change: dict[str, object], why: str) -> None:
    while eclib.message(0):
        pass
    assert eclib.load(0, "cp4", CP | change) == -4  # type: ignore[operator]
    assert eclib.message(0) == f"channel 1: {why}"
    assert eclib.message(0) == ""


GEIS = {
    "Initial_frequency": 1e5, "Final_frequency": 1.0, "Frequency_number": 5, "Amplitude_Current": 1e-3, "I_Range": 8,
}  # fmt: skip
VSCAN = {
    "Voltage_step": [1.0, 1.1], "Scan_Rate": [0.0, 1e-3], "Scan_number": 0, "Record_every_dE": 1e-3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("technique", "parameters", "change"),
    [
        ("geis4", GEIS, {"Initial_frequency": 8e6}),
        ("geis4", GEIS, {"Final_frequency": 0.0}),
        ("geis4", GEIS, {"Amplitude_Current": 6e-3}),
        ("geis4", GEIS, {"Amplitude_Current": 0.0}),
        ("geis4", GEIS, {"Frequency_number": 0}),
        ("geis4", GEIS, {"Average_N_times": 0}),
        ("geis4", GEIS, {"Wait_for_steady": -1.0}),
        ("geis4", GEIS, {"I_Range": 12}),
        ("vscan4", VSCAN, {"Record_every_dE": 0.0}),
        ("vscan4", VSCAN, {"Scan_Rate": [0.0, 0.0]}),
        ("vscan4", VSCAN, {"Scan_number": 99}),
        ("vscan4", VSCAN, {"Begin_measuring_I": 0.9, "End_measuring_I": 0.1}),
        ("vscan4", VSCAN, {"N_Cycles": -1}),
        ("vscan4", VSCAN, {"E_Range": 4}),
        ("vscan4", VSCAN, {"Bandwidth": 10}),
        ("vscan4", VSCAN, {"xctr": 2}),
        ("vscan4", VSCAN, {"tb": -1.0}),
        ("vscanlimit4", VSCAN, {"Exit_Cond": [3]}),
    ],
)
def test_values_out_of_range(
    eclib: EclibClient, technique: str, parameters: dict[str, object], change: dict[str, object]
) -> None:
    assert eclib.load(0, technique, parameters) == 0  # type: ignore[arg-type]
    assert eclib.load(0, technique, parameters | change) == -4  # type: ignore[arg-type]


def test_updates_are_for_running_techniques_few_and_not_of_the_hardware(eclib: EclibClient) -> None:
    eclib.link(0, ("cp4", CP))
    assert eclib.update(0, 0, "cp4", {"Current_step": [2e-3]}) == -15
    assert eclib.start(0) == 0
    assert eclib.update(0, 0, "cp4", {"Current_step": [2e-3] * 11}) == -15
    assert eclib.update(0, 0, "cp4", {"I_Range": 9}) == -15
    assert eclib.update(0, 1, "cp4", {"Current_step": [2e-3]}) == -15
    assert eclib.update(0, 0, "ca4", {"Current_step": [2e-3]}) == -15
    assert eclib.update(0, 0, "cp4", {"Current_step": [2e-3]}) == 0


def test_an_update_acts_at_once_and_the_time_of_the_step_runs_on(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", CP))
    assert eclib.start(0) == 0
    control.advance(20.5)
    assert eclib.update(0, 0, "cp4", {"Current_step": [2e-3]}) == 0
    control.advance(60)
    (rows,) = eclib.drain(0)
    assert rows.single(3) == pytest.approx([1e-3] * 20 + [2e-3] * 39)
    assert rows.ticks[-1] * rows.time_base_s == pytest.approx(59.5, abs=0.01)


def test_what_is_loaded_can_be_read_back(eclib: EclibClient) -> None:
    class Infos(c.Structure):
        _pack_ = 4
        _layout_ = "ms"
        _fields_ = (
            ("id", c.c_int32), ("index", c.c_int32), ("count", c.c_int32), ("hardware_count", c.c_int32),
            ("parameters", c.POINTER(c.c_uint8 * 76)), ("hardware", c.POINTER(c.c_uint8 * 76)),
        )  # fmt: skip

    eclib.link(0, ("ocv4", OCV), ("cp4", CP))
    infos = Infos()
    assert eclib.dll.BL_GetTechniqueInfos(eclib.id, 0, 1, c.byref(infos)) == 0
    assert (infos.id, infos.index, infos.count, infos.hardware_count) == (102, 1, 4, 1)
    assert bytes(infos.parameters[0]).startswith(b"Current_step\0")
    assert bytes(infos.hardware[0]).startswith(b"I_Range\0")
    assert eclib.dll.BL_GetTechniqueInfos(eclib.id, 0, 2, c.byref(infos)) == -4
    parameter = (c.c_uint8 * 76)()
    assert eclib.dll.BL_GetParamInfos(eclib.id, 0, 1, 1, c.byref(parameter)) == 0
    assert bytes(parameter).startswith(b"Duration_step\0")
    assert eclib.dll.BL_GetParamInfos(eclib.id, 0, 1, 9, c.byref(parameter)) == -4
    assert eclib.dll.BL_GetParamInfos(eclib.id, 0, 0, c.byref(infos)) == 0
    assert infos.id == 100


def test_hardware_configuration_and_experiment_are_kept(eclib: EclibClient) -> None:
    conf = (c.c_int32 * 2)(1, 1)
    assert eclib.dll.BL_SetHardConf(eclib.id, 0, conf) == 0
    read = (c.c_int32 * 2)()
    assert eclib.dll.BL_GetHardConf(eclib.id, 0, c.byref(read)) == 0
    assert list(read) == [1, 1]
    assert eclib.dll.BL_SetHardConf(eclib.id, 0, (c.c_int32 * 2)(7, 0)) == -8
    tag = bytes(16) + b"cell-7#3.0.1".ljust(256, b"\0")
    assert eclib.dll.BL_SetExperimentInfos(eclib.id, 0, (c.c_uint8 * 272)(*tag)) == 0
    back = (c.c_uint8 * 272)()
    assert eclib.dll.BL_GetExperimentInfos(eclib.id, 0, c.byref(back)) == 0
    assert bytes(back) == tag


def test_several_channels_start_and_stop_with_a_result_each(eclib: EclibClient) -> None:
    eclib.link(0, ("ocv4", OCV))
    channels, results = (c.c_uint8 * 16)(1, 1), (c.c_int32 * 16)()
    assert eclib.dll.BL_StartChannels(eclib.id, channels, c.byref(results), 16) == -6
    assert results[:2] == [0, -6]
    assert eclib.values(0)["state"] == 1
    assert eclib.dll.BL_StopChannels(eclib.id, c.byref(channels), c.byref(results), 16) == 0
    assert eclib.values(0)["state"] == 0


def test_too_many_pcs(lab: LabThread) -> None:
    clients = [EclibClient(lab.port("vsp-1")) for _ in range(10)]
    identity = c.c_int32()
    assert VirtualEClib().BL_Connect(clients[0].address, 1, c.byref(identity), None) == -207
    for client in clients:
        client.dll.close()


def test_exports_are_those_of_the_dll() -> None:
    dll, finder = VirtualEClib(), VirtualBlFind()
    with pytest.raises(AttributeError):
        _ = dll.BL_NoSuchThing
    with pytest.raises(AttributeError):
        _ = dll["GetData"]
    with pytest.raises(AttributeError):
        _ = finder.BL_Connect
    assert dll.BL_GetData.__name__ == "BL_GetData"
    assert dll.BL_LoadFlash(0, b"", False) == -6


def test_results_convert_as_restype_says() -> None:
    function = VirtualEClib()["BL_TestConnection"]
    assert function(c.c_int32(5)) == -1
    function.restype = None
    assert function(5) is None
    function.restype = lambda code: f"code {code}"
    assert function(5) == "code -1"


def test_texts_come_with_their_length() -> None:
    buffer, size = c.create_string_buffer(64), c.c_uint32(64)
    assert VirtualEClib().BL_GetErrorMsg(-308, c.byref(buffer), c.byref(size)) == 0
    assert buffer.value == b"FIRMWARENOTLOADED"
    assert size.value == 17
    given = bytes(64)  # as kbio passes it
    assert VirtualEClib().BL_GetLibVersion(given, c.byref(c.c_uint32(64))) == 0
    assert given.startswith(b"6.8")


def test_words_convert_by_board() -> None:
    dll, single, seconds = VirtualEClib(), c.c_float(), c.c_double()
    dll.BL_ConvertNumericIntoSingle(c.c_uint32(0x01000000), c.byref(single))
    assert single.value == 2.0
    dll.BL_ConvertChannelNumericIntoSingle(0x40000000, c.byref(single), 3)
    assert single.value == 2.0
    dll.BL_ConvertTimeChannelNumericIntoSeconds((c.c_uint32 * 2)(1, 1), c.byref(seconds), c.c_float(0.5), 2)
    assert seconds.value == (2**32 + 1) * 0.5


def test_a_run_is_known_by_the_experiments_name(eclib: EclibClient, control: LabControl) -> None:
    infos = b"\1\0\0\0" * 4 + b"cell 7#1.1.1 [0abc]".ljust(256, b"\0")
    assert eclib.dll.BL_SetExperimentInfos(eclib.id, 0, (c.c_uint8 * 272)(*infos)) == 0
    eclib.link(0, ("ocv4", OCV))
    assert eclib.start(0) == 0
    assert [test["barcode"] for test in control.tests("vsp-1")] == ["cell 7#1.1.1 [0abc]"]
