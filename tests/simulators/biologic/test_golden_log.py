"""What a real VSP-300 logged of one PEIS, 10 s and then 10 points from 1 MHz to 0.05 Hz, holds for the virtual one."""

import numpy as np
import pytest

from simulators.lab.client import LabControl
from tests.simulators.biologic.eclib_client import EclibClient, Rows

PEIS = {
    "vs_initial": False, "vs_final": False, "Initial_Voltage_step": 0.5, "Final_Voltage_step": 0.5,
    "Duration_step": 10.0, "Step_number": 0, "Record_every_dT": 1.0, "Record_every_dI": 1.0,
    "Final_frequency": 0.05, "Initial_frequency": 1e6, "sweep": False, "Amplitude_Voltage": 0.05,
    "Frequency_number": 10, "Average_N_times": 1, "Correction": False, "Wait_for_steady": 0.0,
}  # fmt: skip


@pytest.fixture
def segments(eclib: EclibClient, control: LabControl) -> list[Rows]:
    eclib.link(0, ("peis4", PEIS))
    assert eclib.start(0) == 0
    control.advance(120)
    return eclib.drain(0)


def test_the_chassis_is_a_vsp_300(eclib: EclibClient) -> None:
    assert eclib.device[0] == 20
    assert eclib.device[5] == 1140
    assert eclib.device[3:5] == [3, 6]
    code, infos = eclib.infos(0)
    assert (code, infos[3]) == (0, 5)


def test_process_0_has_nine_rows_a_second_rounded_up_to_ticks_apart(segments: list[Rows]) -> None:
    first = segments[0]
    assert (first.technique_id, first.process, first.words.shape) == (104, 0, (9, 4))
    assert first.ticks.tolist() == [41667 * n for n in range(1, 10)]
    assert first.time_base_s == pytest.approx(24e-6)


def test_process_1_begins_where_the_log_says(segments: list[Rows]) -> None:
    second = segments[1]
    assert (second.process, second.words.shape) == (1, (10, 14))
    assert second.single(13)[0] == pytest.approx(10.595, abs=1e-6)
    assert second.single(0)[0] == 1000031.1875


def test_frequencies_are_logarithmic_with_both_ends(segments: list[Rows]) -> None:
    assert segments[1].single(0) == pytest.approx(np.geomspace(1e6, 0.05, 10), rel=1e-4)


def test_the_slowest_point_takes_a_period(segments: list[Rows]) -> None:
    time_s = segments[1].single(13)
    assert time_s[-1] - time_s[-2] == pytest.approx(19.99, abs=0.05)
    assert time_s[-2] - time_s[-3] == pytest.approx(3.107, abs=0.02)


def test_blank_constant_and_negative_current_stand_where_they_stood(segments: list[Rows]) -> None:
    words = segments[1].words
    assert (words[:, 6] == 0x80000000).all()
    assert (words[:, 12] == 0x01000000).all()
    assert (segments[1].single(11) == -segments[1].single(5)).all()


def test_waiting_for_the_slow_points_gives_empty_answers_while_it_runs(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("peis4", PEIS))
    assert eclib.start(0) == 0
    control.advance(13)
    eclib.drain(0)
    control.advance(10)  # the point of 0.32 Hz comes, that of 0.05 Hz takes until 35 s
    assert len(eclib.drain(0)) == 1
    control.advance(5)
    empty = eclib.data(0)
    assert (empty.technique_id, empty.words.size, empty.state) == (0, 0, 1)


def test_impedance_is_that_of_the_cell(segments: list[Rows], control: LabControl) -> None:
    points = segments[1]
    modulus, phase = points.single(1) / points.single(2), points.single(3)
    impedance = modulus * np.exp(1j * phase)
    # the ohmic part alone at 1 MHz: 2.262 ohm cm2 on 1.131 cm2; a Warburg tail at the other end
    assert impedance[0].real == pytest.approx(2.0, rel=0.1)
    assert (np.diff(modulus) > 0).all()
    assert (phase < 0).all()
