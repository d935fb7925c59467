"""Voltammograms: surface and diffusion parts, and what a lab reads off them."""

import numpy as np
import pytest

from simulators.cell import CellState, VirtualCell, load_material
from simulators.cell.calibrate import MATERIALS, load_targets
from simulators.cell.paper_protocols import AREA_cm2, reference_cell, run_voltammetry
from simulators.cell.scan_rate_figures import SCAN_RATES_V_s, scan_rate_figures

DOWN_V = np.linspace(0, 1.49, 1491)


def lithiated() -> VirtualCell:
    cell = reference_cell(load_material("sio_c_l"))
    cell.state = CellState(lithium_mAh_g=300.0, lithiated_mAh_g=3000.0, cycle=3, hysteresis=0.5)
    return cell


@pytest.mark.parametrize("name", MATERIALS)
def test_every_potential_has_a_surface_and_a_diffusion_part(name: str) -> None:
    """Without ohmic drop i(E, v) = k1 v + k2 v^0.5 is exact, and both parts have the sign of the sweep."""
    cell = reference_cell(load_material(name))
    scans = run_voltammetry(cell, (1e-6, 4e-6))  # so slow that the drop is below 0.1 mV
    for currents, sign in ((scan_pair(scans, "delithiation_A"), 1.0), (scan_pair(scans, "lithiation_A"), -1.0)):
        middle = slice(100, 1400)  # away from the vertices
        k1 = (currents[1] / np.sqrt(4e-6) - currents[0] / np.sqrt(1e-6)) / (np.sqrt(4e-6) - np.sqrt(1e-6))
        k2 = currents[0] / np.sqrt(1e-6) - k1 * np.sqrt(1e-6)
        assert np.all(sign * k1[middle] > 0)
        assert np.all(sign * k2[middle] > 0)


def scan_pair(scans: list, part: str) -> list[np.ndarray]:
    return [getattr(scan, part) for scan in scans]


def test_materials_stand_in_the_papers_order() -> None:
    figures = []
    for name in MATERIALS:
        cell = reference_cell(load_material(name))
        figures.append(scan_rate_figures(run_voltammetry(cell, SCAN_RATES_V_s), AREA_cm2))
        assert figures[-1].b_value == pytest.approx(load_targets(name).b_value, abs=0.01)
    assert figures[0].diffusion_cm2_s > figures[1].diffusion_cm2_s > figures[2].diffusion_cm2_s


def test_a_cycle_brings_back_what_it_took() -> None:
    cell = lithiated()
    for rate_V_s in (1e-4, 5e-4):
        down = cell.voltammetry(cell.state, 1.5, -rate_V_s).response(DOWN_V / rate_V_s)
        end_s = 1.49 / rate_V_s
        up = cell.voltammetry(down.state_at(end_s), 0.01, rate_V_s, float(down.current_A[-1])).response(
            DOWN_V / rate_V_s
        )
        assert up.charge_Ah[-1] == pytest.approx(-down.charge_Ah[-1], rel=0.01)


def test_the_current_is_continuous_at_a_vertex_and_then_turns() -> None:
    cell = lithiated()
    down = cell.voltammetry(cell.state, 1.5, -1e-4).response(DOWN_V / 1e-4)
    up = cell.voltammetry(cell.state, 0.01, 1e-4, float(down.current_A[-1])).response(DOWN_V / 1e-4)
    assert up.current_A[0] == pytest.approx(down.current_A[-1])
    assert up.current_A[0] < 0 < up.current_A[60]


def test_peaks_move_apart_with_the_scan_rate_and_grow_with_temperature() -> None:
    cell = lithiated()
    slow, fast = run_voltammetry(cell, (1e-4, 5e-4))
    out_V = [scan.voltage_V[scan.delithiation_A.argmax()] for scan in (slow, fast)]
    in_V = [scan.voltage_V[100 + scan.lithiation_A[100:].argmin()] for scan in (slow, fast)]
    assert out_V[1] > out_V[0] > in_V[0] >= in_V[1]
    cell.temperature_degC = 45.0
    assert run_voltammetry(cell, (1e-4,))[0].delithiation_A.max() > 1.02 * slow.delithiation_A.max()


def test_a_sweep_without_a_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a rate"):
        lithiated().voltammetry(CellState(), 1.0, 0.0)
