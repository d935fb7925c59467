"""A VSP-300 on cells in a chamber: rows stay in step, and spectra have the temperature of each of their points."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulators.cell import VirtualCell, load_material
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

CELL = "{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, chamber: oven-1, time_constant_s: 600}"
LAB = f"""
virtual_lab: spectra at several temperatures
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  vsp-1:
    kind: vsp300
    listen: 127.0.0.1:0
    channels: [0, 1]
    board: {{voltage_noise_V: 0, current_noise_A: 0}}
    cells: {{0: {CELL}, 1: {CELL}}}
  oven-1:
    kind: watlow_f4t
    listen: 127.0.0.1:0
"""
PEIS: Parameters = {
    "vs_initial": True, "Initial_Voltage_step": 0.0, "Duration_step": 0.0, "Amplitude_Voltage": 0.01,
    "Final_frequency": 0.1, "Initial_frequency": 1e5, "sweep": False, "Frequency_number": 31, "Average_N_times": 3,
    "Correction": False, "Wait_for_steady": 1.0, "Record_every_dT": 1.0, "Record_every_dI": 0.0,
}  # fmt: skip
REST: Parameters = {"Rest_time_T": 3600.0, "Record_every_dT": 60.0}
DRIVE: Parameters = {
    "Current_step": [-1e-3], "vs_initial": [False], "Duration_step": [3600.0], "Step_number": 0,
    "Record_every_dT": 60.0, "N_Cycles": 0, "I_Range": 9,
}  # fmt: skip


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    with LabThread(parse_lab(LAB, tmp_path)) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        yield connection


@pytest.fixture
def eclib(lab: LabThread) -> Iterator[EclibClient]:
    with EclibClient(lab.port("vsp-1")) as client:
        assert client.load_firmware([0, 1])[0] == 0
        yield client


def _spectrum(control: LabControl, test_id: int) -> tuple[np.ndarray, np.ndarray]:
    rows = control.ledger("vsp-1", "0", test_id)
    of_it = rows["process"] == 1
    modulus = rows["abs_ewe_V"][of_it] / rows["abs_i_A"][of_it]
    return rows["frequency_Hz"][of_it].astype(float), modulus * np.exp(1j * rows["phase_zwe_rad"][of_it])


def _fresh_impedance(degC: float, frequency_Hz: np.ndarray) -> np.ndarray:
    cell = VirtualCell(load_material("sio_c_l"), 0.00275, 1.131, temperature_degC=degC)
    return cell.impedance(cell.state, frequency_Hz)


def test_a_spectrum_is_that_of_the_temperature_reached(control: LabControl, eclib: EclibClient) -> None:
    control.chamber("oven-1", mode="auto")
    for test_id, degC in ((1, 25.0), (2, 55.0), (3, 0.0)):
        control.chamber("oven-1", set_point_degC=degC)
        control.advance(6 * 3600)
        assert control.cells()["vsp-1"]["0"]["temperature_degC"] == pytest.approx(degC, abs=0.01)
        eclib.link(0, ("peis4", PEIS))
        assert eclib.start(0) == 0
        control.advance(600)
        frequency_Hz, impedance = _spectrum(control, test_id)
        assert len(frequency_Hz) == 31
        # held potentials count as cycles, and a cycle costs the cell a quarter of a percent
        np.testing.assert_allclose(impedance, _fresh_impedance(degC, frequency_Hz), rtol=8e-3)


def test_a_spectrum_during_a_ramp_has_a_temperature_at_every_point(control: LabControl, eclib: EclibClient) -> None:
    control.chamber("oven-1", mode="auto", set_point_degC=90.0)
    control.advance(600)
    eclib.link(0, ("peis4", PEIS))
    began_degC = control.cells()["vsp-1"]["0"]["temperature_degC"]
    assert eclib.start(0) == 0
    control.advance(300)
    ended_degC = control.cells()["vsp-1"]["0"]["temperature_degC"]
    assert ended_degC - began_degC > 5
    frequency_Hz, impedance = _spectrum(control, 1)
    first, last = (_fresh_impedance(degC, frequency_Hz) for degC in (began_degC, ended_degC))
    np.testing.assert_allclose(impedance[:5], first[:5], rtol=5e-3)
    assert abs(impedance[-1] - first[-1]) > 0.02 * abs(first[-1])
    low_Hz = slice(20, 27)  # where charge transfer shows, after some minutes of warming
    assert (np.abs(impedance[low_Hz]) < np.abs(first[low_Hz]) * 0.999).any()
    assert (np.abs(impedance[low_Hz]) > np.abs(last[low_Hz])).all()


@pytest.mark.parametrize(("technique", "parameters"), [("ocv4", REST), ("cp4", DRIVE)])
def test_rows_stay_in_step_while_the_cell_warms_up(
    control: LabControl, eclib: EclibClient, technique: str, parameters: Parameters
) -> None:
    control.chamber("oven-1", mode="auto", set_point_degC=60.0)
    for channel in (0, 1):
        eclib.link(channel, (technique, parameters))
        assert eclib.start(channel) == 0
    for _ in range(37):  # one of them is looked at, the other is not
        control.advance(97)
        eclib.values(0)
    control.advance(3600)
    watched, alone = (control.ledger("vsp-1", str(channel), channel + 1) for channel in (0, 1))
    for name in watched:
        np.testing.assert_array_equal(watched[name], alone[name], err_msg=name)
    seconds = watched["ticks"] * watched["time_base_s"]
    np.testing.assert_allclose(seconds, 60.0 * np.arange(1, len(seconds) + 1), atol=0.002 * len(seconds))
    assert len(seconds) in (59, 60)


def test_a_cell_that_warms_up_polarises_less(control: LabControl, eclib: EclibClient) -> None:
    control.plug("vsp-1", "1", {"material": "sio_c_l", "active_mass_g": 0.00275, "area_cm2": 1.131})
    control.chamber("oven-1", mode="auto", set_point_degC=60.0)
    for channel in (0, 1):
        eclib.link(channel, ("cp4", DRIVE))
        assert eclib.start(channel) == 0
    control.advance(7200)
    warm, cold = (control.ledger("vsp-1", str(channel), channel + 1)["ewe_V"] for channel in (0, 1))
    assert warm[0] == pytest.approx(cold[0], abs=1e-3)
    assert warm[-1] - cold[-1] > 0.003
