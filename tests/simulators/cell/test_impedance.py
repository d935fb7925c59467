"""Spectra: the circuit's own elements, from the same resistances and time constants as the curves."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from simulators.cell import CellState, OtherCell, Otherness, VirtualCell, load_material

MASS_g, AREA_cm2 = 2.434e-3 * 1.131, 1.131
HALF = CellState(lithium_mAh_g=500.0, hysteresis=0.0, lithiated_mAh_g=3000.0, cycle=3, last_direction="lithiation")
FREQUENCY_Hz = np.logspace(5, -1, 61)


def cell(material: str = "sio_c_l", temperature_degC: float = 25.0) -> VirtualCell:
    return VirtualCell(load_material(material), MASS_g, AREA_cm2, temperature_degC)


def circuit(logs: np.ndarray, frequency_Hz: np.ndarray = FREQUENCY_Hz) -> np.ndarray:
    """R + R|Q + R|Q + semi-infinite Warburg: what a lab fits."""
    ohmic, film, film_q, film_a, transfer, transfer_q, transfer_a, sigma = np.exp(logs)
    s = 2j * np.pi * frequency_Hz
    arcs = film / (1 + film * film_q * s**film_a) + transfer / (1 + transfer * transfer_q * s**transfer_a)
    return ohmic + arcs + sigma * (1 - 1j) / np.sqrt(s.imag)


def fitted(ohm: np.ndarray) -> tuple[np.ndarray, float]:
    """Elements and the root mean square of the relative residual."""

    def miss(logs: np.ndarray) -> np.ndarray:
        relative = (circuit(logs) - ohm) / np.abs(ohm)
        return np.r_[relative.real, relative.imag]

    start = np.log([2, 6, 2e-5, 0.9, 20, 1e-3, 0.85, 10])
    result = least_squares(miss, start, x_scale=0.1)
    return np.exp(result.x), float(np.sqrt(np.mean(result.fun**2)))


@pytest.mark.parametrize(
    ("material", "activation_kJ_mol"), [("sio_c_l", 12.06), ("sio_c_m", 15.55), ("sio_c_h", 24.53)]
)
def test_a_fit_of_spectra_gives_the_activation_energy_of_the_paper(material: str, activation_kJ_mol: float) -> None:
    kelvin = np.array([273.15, 283.15, 298.15, 313.15])
    transfer = [fitted(cell(material, t - 273.15).impedance(HALF, FREQUENCY_Hz))[0][4] for t in kelvin]
    slope = np.polyfit(1 / kelvin, np.log(kelvin / np.array(transfer)), 1)[0]
    assert -slope * 8.314462618e-3 == pytest.approx(activation_kJ_mol, rel=0.02)


def test_resistances_are_those_of_the_curves() -> None:
    virtual = cell()
    elements, residual = fitted(virtual.impedance(HALF, FREQUENCY_Hz))
    assert residual < 2e-3
    polarisation = virtual.polarisation(HALF)
    small_A = 1e-7
    direct_ohm = polarisation.overpotential_V(small_A) / small_A
    assert elements[0] + elements[1] + elements[4] == pytest.approx(direct_ohm, rel=0.01)


def test_the_tail_ends_in_a_capacitance_with_the_time_constant_of_the_curves() -> None:
    """Far below 1/tau_D finite-space diffusion is R_W/3 and a capacitance."""
    virtual = cell()
    low = virtual.impedance(HALF, np.array([1e-7, 1e-6]))
    assert low[0].imag == pytest.approx(10 * low[1].imag, rel=1e-3)
    warburg_ohm = -low[0].imag * 2 * np.pi * 1e-7 * virtual.parameters.diffusion_time_s
    direct_ohm = virtual.polarisation(HALF).overpotential_V(1e-8) / 1e-8
    assert low[0].real == pytest.approx(direct_ohm + warburg_ohm / 3, rel=1e-3)


def test_two_arcs_and_a_tail_can_be_told_apart() -> None:
    ohm = cell().impedance(HALF, FREQUENCY_Hz)
    falling = np.diff(-ohm.imag) > 0
    turns = np.flatnonzero(np.diff(falling.astype(int)))
    assert len(turns) == 4  # two tops, two valleys
    assert -np.diff(ohm.imag)[-1] / np.diff(ohm.real)[-1] == pytest.approx(1, abs=0.15)  # 45 degrees


def test_age_makes_arcs_larger() -> None:
    worn = CellState(500.0, 0.0, lithiated_mAh_g=1e5, cycle=400, last_direction="lithiation")
    fresh_ohm, worn_ohm = (cell("sio_c_m").impedance(state, np.array([1.0]))[0].real for state in (HALF, worn))
    assert worn_ohm > 1.3 * fresh_ohm


def test_the_other_cell_fits_no_circuit_of_ours_and_is_not_stationary() -> None:
    """Each part alone is enough to be seen in the residual, or in a repeat."""
    for otherness in (Otherness(pore_ohm_cm2=0, drift_per_h=0), Otherness(contact_ohm_cm2=0, drift_per_h=0)):
        other = OtherCell(load_material("sio_c_l"), MASS_g, AREA_cm2, otherness=otherness)
        assert fitted(other.impedance(HALF, FREQUENCY_Hz))[1] > 5e-3
    other = OtherCell(load_material("sio_c_l"), MASS_g, AREA_cm2)
    down, up = other.impedance(HALF, FREQUENCY_Hz), other.impedance(HALF, FREQUENCY_Hz[::-1])[::-1]
    assert np.abs(down / up - 1).max() > 5e-3


def test_the_other_cell_without_its_parts_is_the_virtual_cell() -> None:
    none = Otherness(contact_ohm_cm2=0, pore_ohm_cm2=0, inductance_H=0, drift_per_h=0, self_discharge_V_h=0)
    other = OtherCell(load_material("sio_c_l"), MASS_g, AREA_cm2, otherness=none)
    assert other.impedance(HALF, FREQUENCY_Hz) == pytest.approx(cell().impedance(HALF, FREQUENCY_Hz))


def test_the_other_cell_never_comes_to_rest() -> None:
    other = OtherCell(load_material("sio_c_l"), MASS_g, AREA_cm2)
    rest_V = other.under_current(HALF, 0.0, np.array([0.0, 36000.0, 72000.0])).voltage_V
    assert rest_V[2] - rest_V[1] == pytest.approx(0.04, rel=1e-3)
