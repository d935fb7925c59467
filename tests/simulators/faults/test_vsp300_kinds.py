"""Every kind of fault of a VSP-300, as its library tells it, and what the ledger says of it."""

import ctypes as c
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from drivers.biologic.structs import TechniqueInfos
from tests.simulators.biologic.eclib_client import EclibClient, Parameters
from tests.simulators.faults.conftest import HEAD, Faulty

Start = Callable[[str], Faulty]
CP: Parameters = {"Current_step": [-1e-3], "Duration_step": [6000.0], "Record_every_dT": 1.0, "I_Range": 9}
ABOVE_2_V, STOP = 5, 2
LIMITED: Parameters = {
    **CP, "Step_number": 0, "Exit_Cond": [STOP], "Test1_Config": [ABOVE_2_V], "Test1_Value": [2.0],
}  # fmt: skip
COMMUNICATION = -200


@pytest.fixture
def bench(faulty: Start) -> Faulty:
    return faulty("{instrument: oven-2, at: 1000 h, do: reboot}")


@pytest.fixture
def eclib(bench: Faulty) -> Iterator[EclibClient]:
    with EclibClient(bench.lab.port("vsp-1")) as client:
        yield client


@pytest.fixture
def running(bench: Faulty, eclib: EclibClient) -> EclibClient:
    """Ten seconds of a constant current on channel 0, limited to 2 V."""
    eclib.link(0, ("cplimit4", LIMITED))
    assert eclib.start(0) == 0
    bench.control.advance(10.5)
    return eclib


def _say(bench: Faulty, fault: str) -> None:
    bench.control.faults(f"{HEAD}  - {{instrument: vsp-1, {fault}}}\n")


def _test(eclib: EclibClient) -> int:
    return int(eclib.dll.BL_TestConnection(eclib.id))


def _ledger(bench: Faulty, test_id: int = 1) -> dict[str, np.ndarray]:
    return bench.control.ledger("vsp-1", "0", test_id)


# ---- the wire


@pytest.mark.parametrize(
    ("do", "code"),
    [
        ("drop_link", COMMUNICATION),
        ("drop_reply", COMMUNICATION),
        ("close_before_reply", COMMUNICATION),
        ("close_mid_reply", COMMUNICATION),
        ("garble", COMMUNICATION),
        ("refuse", -12),
        ("{error: -11}", -11),
        ("{split: 3}", 0),
        ("{delay_s: 0.01}", 0),
        ("{hang_s: 0.01}", 0),
    ],
)
def test_one_call_suffers_and_the_next_does_not(bench: Faulty, do: str, code: int) -> None:
    with EclibClient(bench.lab.port("vsp-1"), timeout_s=5 if do == "drop_reply" else 60) as eclib:
        _say(bench, f"on: {{command: BL_TestConnection}}, do: {do}")
        assert _test(eclib) == code
        assert _test(eclib) == 0
    assert [one["do"].replace('"', "") for one in bench.control.fired()] == [do]


@pytest.mark.parametrize("do", ["drop_request", "half_open"])
def test_a_call_without_an_answer_ends_with_the_time_out_and_a_new_connection_works(bench: Faulty, do: str) -> None:
    with EclibClient(bench.lab.port("vsp-1")) as eclib:
        identity = c.c_int32()
        assert eclib.dll.BL_Connect(eclib.address, 1, c.byref(identity), None) == 0  # time-out of 1 s
        _say(bench, f"commands: TestConnection, do: {do}")
        assert eclib.dll.BL_TestConnection(identity) == COMMUNICATION
        assert eclib.dll.BL_TestConnection(identity) == 0


def test_stop_and_start_that_are_acknowledged_and_not_done(bench: Faulty, running: EclibClient) -> None:
    _say(bench, "times: 1, do: false_ack")
    assert running.values(0)["state"] == 1  # a question cannot be acknowledged
    assert running.stop(0) == 0
    assert running.values(0)["i"] == pytest.approx(-1e-3)
    assert running.stop(0) == 0
    assert running.values(0)["state"] == 0
    _say(bench, "on: {command: StartChannel}, do: false_ack")
    assert running.start(0) == 0
    assert len(bench.control.tests("vsp-1")) == 1


def test_firmware_that_is_acknowledged_for_each_channel_and_not_loaded(bench: Faulty, eclib: EclibClient) -> None:
    _say(bench, "channel: 0, do: firmware_lost")
    _say(bench, "on: {command: LoadFirmware}, do: false_ack")
    assert eclib.load_firmware([0, 1]) == (0, {0: 0, 1: 0})
    assert eclib.infos(0)[0] == -308


def test_limits_are_stored_otherwise_than_they_were_sent(bench: Faulty, eclib: EclibClient) -> None:
    _say(bench, "on: {command: LoadTechnique}, do: wrong_limits")
    eclib.link(0, ("cplimit4", LIMITED))
    infos = TechniqueInfos()
    assert eclib.dll.BL_GetTechniqueInfos(eclib.id, 0, 0, c.byref(infos)) == 0
    stored = {bytes(it.ParamStr).split(b"\0")[0]: it.ParamVal for it in infos.Params[: infos.nbParams]}
    assert np.array([stored[b"Test1_Value"]], np.uint32).view(np.float32)[0] == 2.5
    assert np.array([stored[b"Current_step"]], np.uint32).view(np.float32)[0] == np.float32(-1e-3)


# ---- the instrument and its channels


def test_a_reboot_loses_the_firmware_and_whatever_ran(bench: Faulty, running: EclibClient) -> None:
    _say(bench, "do: reboot")
    assert _test(running) == COMMUNICATION
    code, infos = running.infos(0)
    assert code == -308
    assert infos[0] == 0
    assert bench.control.tests("vsp-1")[0]["state"] == "stopped"
    assert (_ledger(bench)["fate"] == 0).all()  # what nobody has read is gone, and the ledger says it was not read


def test_power_is_off_for_a_time_and_rows_are_kept(bench: Faulty, running: EclibClient) -> None:
    _say(bench, "do: power_off, for: 1 min")
    assert _test(running) == COMMUNICATION
    bench.control.advance(60)
    assert running.data(0).words.shape[0] == 70


def test_a_memory_that_is_full_for_a_time_drops_rows(bench: Faulty, running: EclibClient) -> None:
    _say(bench, "channel: 0, do: memory_full, for: 10 s")
    bench.control.advance(20)
    fates = _ledger(bench)["fate"].tolist()
    assert fates.count(2) == 10
    assert len(running.data(0).words) == len(fates) - 10
    _say(bench, "channel: 0, on: {record: 30, channel: 0}, do: memory_full")
    bench.control.advance(60)
    assert bench.control.fired()[-1]["do"] == "memory_full"


def test_ec_lab_has_the_channel_and_an_input_is_open(bench: Faulty, eclib: EclibClient) -> None:
    _say(bench, "channel: [0, 1], do: eclab_loaded")
    assert [eclib.infos(number)[0] for number in (0, 1)] == [-9, -9]
    assert eclib.load_firmware([0, 1], force=True)[0] == 0
    _say(bench, "channel: 1, do: open_input")
    assert eclib.values(1)["opt_err"] == 2
    _say(bench, "channel: 1, do: saturated, for: 1 s")
    assert eclib.values(1)["saturation"] == 1
    bench.control.advance(1)
    assert eclib.values(1)["saturation"] == 0


def test_somebody_else_stops_it_and_runs_a_list_of_their_own(bench: Faulty, running: EclibClient) -> None:
    _say(bench, "channel: 0, do: foreign_stop")
    assert running.values(0)["state"] == 0
    _say(bench, "channel: 0, do: foreign_start")
    assert running.values(0)["state"] == 1
    bench.control.advance(130)
    assert {rows.technique_id for rows in running.drain(0)} == {100}  # OCV
    assert [test["test_id"] for test in bench.control.tests("vsp-1")] == [1, 2]


def test_a_cell_is_pulled_out_and_another_put_in_under_way(bench: Faulty, running: EclibClient) -> None:
    before_V = running.values(0)["ewe"]
    _say(bench, "channel: 0, do: unplug, for: 5 s")
    assert running.values(0)["ewe"] == pytest.approx(-12)
    bench.control.advance(5)
    assert running.values(0)["ewe"] == pytest.approx(before_V, abs=0.05)
    _say(bench, "channel: 0, do: {plug: {material: sio_c_h, active_mass_g: 0.002, area_cm2: 1.131}}")
    bench.control.advance(5)
    assert bench.control.cells()["vsp-1"]["0"]["material"] == "sio_c_h"
    told = [value for rows in running.drain(0) for value in rows.single(2)]
    assert told == pytest.approx(_ledger(bench)["ewe_V"].tolist())
    assert set(np.diff(_ledger(bench)["ticks"]).tolist()) == {20000}  # a row a second, as before


def test_a_potential_that_reads_too_high_ends_at_its_own_limit(bench: Faulty, running: EclibClient) -> None:
    before_V = running.values(0)["ewe"]
    _say(bench, "channel: 0, do: {voltage: {offset_V: 0.2}}, for: 5 s")
    assert running.values(0)["ewe"] == pytest.approx(before_V + 0.2, abs=1e-3)
    bench.control.advance(5)
    assert running.values(0)["ewe"] == pytest.approx(before_V, abs=0.05)
    ewe_V = _ledger(bench)["ewe_V"]
    assert np.diff(ewe_V)[9] == pytest.approx(np.diff(ewe_V)[8] + 0.2, abs=0.02)
    _say(bench, "channel: 0, do: {voltage: {offset_V: 2.5}}")
    bench.control.advance(5)
    assert running.values(0)["state"] == 0


@pytest.mark.parametrize(("do", "told_A"), [("{scale: -1}", 1e-3), ("nan", np.nan), ("frozen", -1e-3)])
def test_a_current_that_reads_wrongly(bench: Faulty, running: EclibClient, do: str, told_A: float) -> None:
    _say(bench, f"channel: 0, do: {{current: {do}}}")
    bench.control.advance(5)
    assert _ledger(bench)["i_A"][-4:] == pytest.approx([told_A] * 4, nan_ok=True)
    assert _ledger(bench)["i_A"][:10] == pytest.approx([-1e-3] * 10)


def test_a_cell_cannot_be_exchanged_under_a_sweep(bench: Faulty, eclib: EclibClient) -> None:
    scan: Parameters = {
        "vs_initial": [False] * 5, "Voltage_step": [0.5, 1.0, 0.2, 1.0, 0.5], "Scan_Rate": [1e-4] * 5, "Scan_number": 2,
        "Record_every_dE": 0.01, "N_Cycles": 0, "I_Range": 9, "Average_over_dE": True,
    }  # fmt: skip
    eclib.link(0, ("cv4", scan))
    assert eclib.start(0) == 0
    bench.control.advance(60)
    _say(bench, "channel: 0, do: unplug")
    assert "a sweep or a spectrum runs" in bench.control.fired()[-1]["refused"]
    _say(bench, "channel: 0, do: {voltage: {offset_V: 0.1}}")
    assert bench.control.fired()[-1]["refused"] is None
