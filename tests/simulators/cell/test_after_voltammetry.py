"""What follows on a sweep of a voltammogram goes on from the potential and the current with which it ended."""

import numpy as np
import pytest

from simulators.cell import CellState, VirtualCell, load_material
from simulators.cell.calibrate import MATERIALS
from simulators.cell.paper_protocols import reference_cell, run_cycles

JOINS_V = 1e-3
ENDS_V = ((1.49, 0.01), (1.49, 0.7), (1.49, 0.25), (0.01, 0.15), (0.01, 0.45), (0.01, 1.5))


def swept(cell: VirtualCell, state: CellState, from_V: float, to_V: float, rate_V_s: float) -> tuple[CellState, float]:
    """State and current at the end of one sweep; up, of the one that came after a whole one down."""
    before_A = 0.0
    if to_V > from_V:
        state, before_A = swept(cell, state, 1.49, from_V, rate_V_s)
    sweep = cell.voltammetry(state, from_V, float(np.copysign(rate_V_s, to_V - from_V)), before_A)
    end_s = abs(to_V - from_V) / rate_V_s
    return sweep.state_at(end_s), float(sweep.response(np.array([end_s])).current_A[0])


@pytest.mark.parametrize("material", MATERIALS)
@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize(("from_V", "to_V"), ENDS_V)
def test_rest_current_and_hold_join_what_the_sweep_ended_with(
    material: str, from_V: float, to_V: float, *, fresh: bool
) -> None:
    cell = reference_cell(load_material(material))
    begun = cell.state if fresh else run_cycles(cell, cell.state, [0.1, 0.1])[1]
    for rate_V_s in (1e-4, 5e-4):
        state, end_A = swept(cell, begun, from_V, to_V, rate_V_s)
        at_once = np.array([0.0])
        assert cell.under_current(state, end_A, at_once).voltage_V[0] == pytest.approx(to_V, abs=JOINS_V)
        held = cell.sweep(state, to_V, 0.0).response(np.array([0.0, 10.0]))
        assert held.voltage_V == pytest.approx(to_V, abs=JOINS_V)
        assert held.current_A[0] == pytest.approx(end_A, abs=2e-6)
        drop_V = cell.polarisation(state).overpotential_V(end_A)
        resting_V = cell.under_current(state, 0.0, np.array([0.0, 3600.0])).voltage_V
        assert resting_V[0] == pytest.approx(to_V - drop_V, abs=JOINS_V)
        # what then levels out is diffusion under the surface, and no state that the potential knew nothing of
        assert abs(resting_V[1] - resting_V[0]) < 0.3
        assert cell.open_circuit_voltage(state) == pytest.approx(resting_V[1], abs=0.01)


@pytest.mark.parametrize("material", MATERIALS)
def test_a_cell_that_was_swept_empty_takes_its_whole_capacity(material: str) -> None:
    cell = reference_cell(load_material(material))
    formed = run_cycles(cell, cell.state, [0.1, 0.1, 0.1])[1]
    empty, _ = swept(cell, formed, 0.01, 1.5, 1e-4)
    (as_formed,), _ = run_cycles(cell, formed, [0.1])
    (after_sweeps,), _ = run_cycles(cell, empty, [0.1])
    assert after_sweeps.lithiation_mAh_g == pytest.approx(as_formed.lithiation_mAh_g, rel=0.03)
    assert after_sweeps.delithiation_mAh_g == pytest.approx(as_formed.delithiation_mAh_g, rel=0.03)


def test_each_cycle_of_a_voltammogram_counts_once() -> None:
    cell = reference_cell(load_material("sio_c_h"))
    state, counts = cell.state, []
    for rate_V_s in (1e-4, 2e-4, 5e-4):
        state, _ = swept(cell, state, 0.01, 1.5, rate_V_s)
        counts.append(state.cycle)
    assert counts == [1, 2, 3]
