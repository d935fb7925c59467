"""A cycle is one only where it leaves its branch: held potentials, spectra and pulses age nothing."""

import pytest

from simulators.cell import CellState, VirtualCell, load_material
from simulators.cell.paper_protocols import reference_cell, run_cycles


@pytest.fixture
def cell() -> VirtualCell:
    return reference_cell(load_material("sio_c_m"))


@pytest.fixture
def delithiated(cell: VirtualCell) -> CellState:
    return run_cycles(cell, cell.state, [0.1])[1]


@pytest.fixture
def lithiated(cell: VirtualCell, delithiated: CellState) -> CellState:
    return cell.advance(cell.advance(delithiated, -0.5 * cell.active_mass_g, 3600.0), 0.0, 7200.0)


@pytest.mark.parametrize("where", ["delithiated", "lithiated"])
def test_a_hundred_spectra_at_held_potentials_age_nothing(
    cell: VirtualCell, where: str, request: pytest.FixtureRequest
) -> None:
    state: CellState = request.getfixturevalue(where)
    begun, ocv_V = state, cell.open_circuit_voltage(state)
    for number in range(100):
        held = cell.sweep(state, ocv_V + (-1) ** number * 1e-3, 0.0)
        state = held.state_at(60.0)
    assert cell.age(state) == cell.age(begun)
    assert cell.polarisation(state) == cell.polarisation(begun)


def test_a_held_potential_that_lithiates_begins_one_cycle(cell: VirtualCell, delithiated: CellState) -> None:
    state = cell.sweep(delithiated, 0.2, 0.0).state_at(3600.0)
    assert (state.cycle, state.last_direction) == (delithiated.cycle + 1, "lithiation")
    state = cell.sweep(state, 0.19, 0.0).state_at(3600.0)
    assert cell.advance(state, -0.001, 600.0).cycle == delithiated.cycle + 1
    back = cell.sweep(state, 0.9, 0.0).state_at(3600.0)
    assert (back.cycle, back.last_direction) == (delithiated.cycle + 1, "delithiation")


@pytest.mark.parametrize("where", ["delithiated", "lithiated"])
def test_pulses_there_and_back_are_no_cycles(cell: VirtualCell, where: str, request: pytest.FixtureRequest) -> None:
    state: CellState = request.getfixturevalue(where)
    begun = state.cycle
    for _ in range(20):
        for sign in (-1, 1):
            state = cell.advance(state, sign * 0.2 * cell.active_mass_g, 60.0)
    assert state.cycle == begun
    assert cell.advance(state, -0.2 * cell.active_mass_g, 3600.0).cycle == begun + (where == "delithiated")
