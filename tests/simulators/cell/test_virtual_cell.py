"""The virtual cell: what the paper measured, and that its answers fit together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.cell import CellState, VirtualCell, load_material
from simulators.cell.paper_protocols import FORMATION_A_g, TWO_C_A_g, run_cycles

MASS_g, AREA_cm2 = 2.434e-3 * 1.131, 1.131


def cell(material: str = "sio_c_l", **options: float) -> VirtualCell:
    return VirtualCell(load_material(material), MASS_g, AREA_cm2, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def formed() -> CellState:
    fresh = cell()
    return run_cycles(fresh, fresh.state, FORMATION_A_g)[1]


@given(current_A=st.floats(-0.012, 0.012), first_s=st.floats(0, 900), then_s=st.floats(0, 900))
@settings(deadline=None, max_examples=60)
def test_two_stretches_are_as_one(current_A: float, first_s: float, then_s: float) -> None:
    virtual = cell()
    middle = virtual.advance(virtual.state, current_A, first_s)
    stepwise = virtual.advance(middle, current_A, then_s)
    at_once = virtual.advance(virtual.state, current_A, first_s + then_s)
    assert stepwise.lithium_mAh_g == pytest.approx(at_once.lithium_mAh_g, abs=1e-6)
    assert stepwise.diffusion_mAh_g == pytest.approx(at_once.diffusion_mAh_g, abs=1e-6)
    assert stepwise.hysteresis == pytest.approx(at_once.hysteresis, abs=1e-9)
    assert stepwise.cycle == at_once.cycle


@given(current_A=st.sampled_from([-0.0067, -0.0005, 0.0, 0.0005, 0.0067]), elapsed_s=st.floats(0, 2000))
@settings(deadline=None, max_examples=60)
def test_voltage_on_a_grid_is_the_voltage_of_the_state_there(current_A: float, elapsed_s: float) -> None:
    virtual = cell()
    start = virtual.advance(virtual.advance(virtual.state, -0.003, 1500), 0.003, 300)
    response = virtual.under_current(start, current_A, np.array([elapsed_s]))
    there = response.state_at(elapsed_s)
    expected = virtual.voltage_V(there, current_A)
    assert response.voltage_V[0] == pytest.approx(expected, abs=1e-9)
    assert response.charge_Ah[0] == pytest.approx(current_A * elapsed_s / 3600)


@pytest.mark.parametrize(("current_A", "limit_V"), [(-0.0067, 0.01), (-0.0003, 0.3), (0.0067, 1.5), (0.0003, 0.6)])
def test_time_to_voltage_is_when_the_voltage_is_there(formed: CellState, current_A: float, limit_V: float) -> None:
    virtual = cell()
    start = virtual.advance(formed, -0.0003, 3600) if current_A > 0 else formed
    found = virtual.time_to_voltage(start, current_A, limit_V, 1e6)
    assert found is not None
    around = virtual.under_current(start, current_A, np.array([found - 0.2, found + 0.2])).voltage_V
    assert min(around) <= limit_V <= max(around)


def test_time_to_voltage_says_never_and_already(formed: CellState) -> None:
    virtual = cell()
    assert virtual.time_to_voltage(formed, -0.0003, 0.01, 10.0) is None
    assert virtual.time_to_voltage(formed, -0.0003, 2.0, 1e6) == 0.0


def test_a_held_voltage_is_held_while_the_current_decays_and_carries_the_charge(formed: CellState) -> None:
    virtual = cell()
    reached = virtual.time_to_voltage(formed, -0.0067, 0.01, 1e6)
    assert reached is not None
    start = virtual.advance(formed, -0.0067, reached)
    elapsed_s = np.linspace(0, 3600, 400)
    response = virtual.under_voltage(start, 0.01, 0.0067, "discharge", elapsed_s)
    assert response.voltage_V == pytest.approx(0.01, abs=1e-3)
    assert response.current_A[0] == pytest.approx(-0.0067, rel=0.01)
    assert np.all(np.diff(response.current_A) > 0)
    assert response.charge_Ah[-1] == pytest.approx(np.trapezoid(response.current_A, elapsed_s) / 3600, rel=2e-3)
    gained_Ah = (response.state_at(3600).lithium_mAh_g - start.lithium_mAh_g) * MASS_g / 1000
    assert gained_Ah == pytest.approx(-response.charge_Ah[-1], rel=2e-3)


def test_a_held_voltage_does_not_depend_on_how_it_is_asked(formed: CellState) -> None:
    virtual = cell()
    many = virtual.under_voltage(formed, 0.2, 0.003, "discharge", np.array([0.0, 3.0, 700.0, 5000.0]))
    one = virtual.under_voltage(formed, 0.2, 0.003, "discharge", np.array([700.0]))
    assert one.current_A[0] == many.current_A[2]


def test_current_of_a_held_voltage_flows_one_way_and_not_beyond_its_limit(formed: CellState) -> None:
    virtual = cell()
    elapsed_s = np.linspace(0, 600, 50)
    limited = virtual.under_voltage(formed, 0.05, 0.001, "discharge", elapsed_s)
    assert limited.current_A[0] == -0.001
    assert limited.voltage_V[0] > 0.05
    wrong_way = virtual.under_voltage(formed, 0.05, 0.001, "charge", elapsed_s)
    assert np.all(wrong_way.current_A == 0)


def test_the_cell_counts_its_own_cycles() -> None:
    virtual = cell()
    counts = []
    state = virtual.state
    for current_A in (0.0, -0.001, 0.0, -0.001, 0.001, 0.0, 0.001, -0.001):
        state = virtual.advance(state, current_A, 600)
        counts.append(state.cycle)
    assert counts == [0, 1, 1, 1, 1, 1, 1, 2]


def test_the_sink_takes_its_lithium_once_also_when_the_first_lithiation_is_interrupted() -> None:
    virtual = cell()
    whole = virtual.advance(virtual.state, -0.001, 3600)
    halves = virtual.advance(virtual.advance(virtual.advance(virtual.state, -0.001, 1800), 0.0, 600), -0.001, 1800)
    assert halves.lithium_mAh_g == pytest.approx(whole.lithium_mAh_g)
    assert whole.lithium_mAh_g < whole.lithiated_mAh_g * 0.6


def test_rest_relaxes_towards_the_open_circuit_voltage(formed: CellState) -> None:
    virtual = cell()
    lithiated = virtual.advance(formed, -0.0067, 500)
    rest_V = virtual.under_current(lithiated, 0.0, np.array([0.0, 60.0, 1e5])).voltage_V
    assert rest_V[0] < rest_V[1] < rest_V[2]
    assert rest_V[2] == pytest.approx(virtual.open_circuit_voltage(lithiated), abs=1e-6)


def test_warmth_and_age_change_polarisation(formed: CellState) -> None:
    aged = run_cycles(cell(), formed, [TWO_C_A_g] * 100)[1]
    at = np.array([5.0])
    warm = cell(temperature_degC=45.0).under_current(formed, -0.0067, at).voltage_V[0]
    nominal = cell().under_current(formed, -0.0067, at).voltage_V[0]
    cold = cell(temperature_degC=0.0).under_current(formed, -0.0067, at).voltage_V[0]
    assert cold < nominal < warm
    assert cell().polarisation(aged).overpotential_V(0.0067) > cell().polarisation(formed).overpotential_V(0.0067)


def test_cells_of_one_batch_differ_a_little_and_reproducibly() -> None:
    currents = [
        cell(seed=seed).under_current(CellState(), -0.003, np.array([600.0])).voltage_V[0] for seed in (0, 1, 1, 2)
    ]
    assert currents[1] == currents[2]
    assert len(set(currents)) == 3


def test_an_unknown_material_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no material 'graphite'; there are sio_c_h, sio_c_l, sio_c_m"):
        load_material("graphite")
    with pytest.raises(ValueError, match="no material"):
        load_material("../sio_c_l")
