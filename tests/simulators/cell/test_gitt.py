"""Pulses and rests: Weppner and Huggins' formula gives back the diffusion that is in the model."""

import math

import numpy as np
import pytest

from simulators.cell import CellState, load_material
from simulators.cell.calibrate import MATERIALS
from simulators.cell.paper_protocols import reference_cell

PULSE_s, LONG_s = 20.0, 36000.0


def diffusion_time_s(material: str, temperature_degC: float = 25.0) -> float:
    """L^2/D from one short pulse on the lithiation branch: D = 4/(pi t) L^2 (dEs/dEt)^2."""
    cell = reference_cell(load_material(material), temperature_degC)
    # mid-branch, where it is straight
    before = CellState(250.0, 0.0, lithiated_mAh_g=5000.0, cycle=3, last_direction="lithiation")
    pulse = cell.under_current(before, -0.2 * cell.active_mass_g, np.array([0.0, PULSE_s]))
    after = cell.advance(pulse.state_at(PULSE_s), 0.0, LONG_s)
    settled_V = cell.open_circuit_voltage(before) - cell.open_circuit_voltage(after)
    return math.pi * PULSE_s / 4 * (float(pulse.voltage_V[0] - pulse.voltage_V[1]) / settled_V) ** 2


@pytest.mark.parametrize("material", MATERIALS)
def test_short_pulses_give_the_diffusion_time_of_the_curves(material: str) -> None:
    assert diffusion_time_s(material) == pytest.approx(load_material(material).diffusion_time_s, rel=0.15)


def test_diffusion_is_fastest_in_sio_c_l_and_slower_in_the_cold() -> None:
    low, middle, high = (diffusion_time_s(material) for material in MATERIALS)
    assert low < middle < high
    assert diffusion_time_s("sio_c_l", 5.0) > 1.5 * low
