"""A spectrum and a held potential behind a sweep: the channel goes on where the sweep ended."""

import numpy as np
import pytest

from simulators.lab.client import LabControl
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

END_V = 0.5
SWEEP: Parameters = {
    "Voltage_step": [1.49, 0.01, END_V], "vs_initial": [False] * 3, "Scan_Rate": [1e-3] * 3, "Scan_number": 1,
    "N_Cycles": 0, "Record_every_dE": 1e-3, "I_Range": 9, "E_Range": 2, "Bandwidth": 5,
}  # fmt: skip
HELD: Parameters = {
    "Voltage_step": [END_V], "vs_initial": [False], "Duration_step": [600.0], "Step_number": 0, "N_Cycles": 0,
    "Record_every_dT": 1.0, "I_Range": 9, "E_Range": 2, "Bandwidth": 5,
}  # fmt: skip
PEIS: Parameters = {
    "Initial_Voltage_step": END_V, "vs_initial": False, "Duration_step": 0.0, "Record_every_dT": 1.0,
    "Record_every_dI": 0.0, "Final_frequency": 1e3, "Initial_frequency": 1e5, "sweep": False,
    "Amplitude_Voltage": 0.01, "Frequency_number": 11, "Average_N_times": 1, "Correction": False,
    "Wait_for_steady": 0.0, "I_Range": 9, "E_Range": 2, "Bandwidth": 5,
}  # fmt: skip


def test_a_held_potential_and_spectra_join_the_sweep(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("vscan4", SWEEP), ("ca4", HELD), ("peis4", PEIS), ("peis4", PEIS))
    assert eclib.start(0) == 0
    control.advance(5000)
    segments = eclib.drain(0)
    sweep_A = np.concatenate([it.single(3) for it in segments if it.technique_index == 0])
    held_A = np.concatenate([it.single(3) for it in segments if it.technique_index == 1])
    assert held_A[0] == pytest.approx(sweep_A[-1], rel=0.3)  # a second later, on its way to rest
    assert abs(held_A[-1]) < 0.3 * abs(sweep_A[-1])
    arcs_ohm = [spectrum.single(1) / spectrum.single(2) for spectrum in segments if spectrum.process == 1]
    assert len(arcs_ohm) == 2
    assert arcs_ohm[1] == pytest.approx(arcs_ohm[0], rel=2e-3)
