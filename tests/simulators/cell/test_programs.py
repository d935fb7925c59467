"""Random programs on one cell: charge is conserved, and nothing depends on when or how often somebody looks."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.cell import CellState, PotentialCourse, Response, VirtualCell, Voltammetry, load_material

MASS_g, AREA_cm2 = 2.434e-3 * 1.131, 1.131

CURRENT = st.tuples(st.just("current"), st.floats(-0.008, 0.008), st.floats(0, 1500))
REST = st.tuples(st.just("rest"), st.just(0.0), st.floats(0, 7200))
HOLD = st.tuples(st.sampled_from(["hold charge", "hold discharge"]), st.floats(0.01, 1.4), st.floats(0, 3000))
SWEEP = st.tuples(st.sampled_from(["sweep", "voltammetry"]), st.sampled_from([-5e-4, 5e-4]), st.floats(0, 500))
TEMPERATURE = st.tuples(st.just("temperature"), st.floats(-10, 50), st.just(0.0))
PROGRAM = st.lists(st.one_of(CURRENT, REST, HOLD, SWEEP, TEMPERATURE), min_size=1, max_size=6)
Step = tuple[str, float, float]


def cell(seed: int = 0) -> VirtualCell:
    return VirtualCell(load_material("sio_c_l"), MASS_g, AREA_cm2, seed=seed)


def answer(virtual: VirtualCell, state: CellState, step: Step, elapsed_s: np.ndarray) -> Response:
    kind, value, _ = step
    course: PotentialCourse | Voltammetry
    if kind in {"current", "rest"}:
        return virtual.under_current(state, value, elapsed_s)
    if kind == "hold charge":
        course = virtual.hold(state, value, 0.003, "charge")
    elif kind == "hold discharge":
        course = virtual.hold(state, value, 0.003, "discharge")
    elif kind == "sweep":
        course = virtual.sweep(state, virtual.open_circuit_voltage(state), value)
    else:
        course = virtual.voltammetry(state, 0.7, value)
    return course.response(elapsed_s)


def kept_mAh_g(state: CellState) -> float:
    return state.lithium_mAh_g + state.lost_mAh_g + state.unmet_mAh_g


@given(program=PROGRAM, seed=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_charge_is_conserved(program: list[Step], seed: int) -> None:
    virtual, state, passed_Ah = cell(seed), CellState(), 0.0
    for step in program:
        if step[0] == "temperature":
            virtual.temperature_degC = step[1]
            continue
        response = answer(virtual, state, step, np.array([0.0, step[2]]))
        passed_Ah += float(response.charge_Ah[-1])
        state = response.state_at(step[2])
        assert kept_mAh_g(state) == pytest.approx(-passed_Ah * 1e3 / virtual.effective_mass_g, abs=1e-6)
        assert 0 <= state.hysteresis <= 1
        assert state.lost_mAh_g >= 0


@given(program=PROGRAM, looks=st.lists(st.floats(0, 1), max_size=6))
@settings(deadline=None, max_examples=40)
def test_polling_at_any_times_is_as_one_look(program: list[Step], looks: list[float]) -> None:
    virtual, state = cell(), CellState()
    for step in program:
        if step[0] == "temperature":
            virtual.temperature_degC = step[1]
            continue
        at_s = np.array(sorted(looks)) * step[2]
        at_once = answer(virtual, state, step, at_s)
        polled = answer(virtual, state, step, np.empty(0))
        for index, instant_s in enumerate(at_s.tolist()):
            one = answer(virtual, state, step, np.array([instant_s]))
            assert one.voltage_V[0] == pytest.approx(at_once.voltage_V[index], abs=1e-9)
            assert one.current_A[0] == pytest.approx(at_once.current_A[index], abs=1e-12)
            assert one.charge_Ah[0] == pytest.approx(at_once.charge_Ah[index], abs=1e-14)
            polled.state_at(instant_s)
        assert polled.state_at(step[2]) == at_once.state_at(step[2])
        state = at_once.state_at(step[2])


@given(program=PROGRAM, part=st.floats(0, 1), temperature_degC=st.floats(-10, 50))
@settings(deadline=None, max_examples=40)
def test_a_change_of_temperature_in_the_middle_moves_no_state(
    program: list[Step], part: float, temperature_degC: float
) -> None:
    virtual, state = cell(), CellState()
    for step in program:
        if step[0] == "temperature":
            continue
        response = answer(virtual, state, step, np.array([0.0]))
        middle = response.state_at(part * step[2])
        virtual.temperature_degC = temperature_degC
        assert response.state_at(part * step[2]) == middle  # what was begun goes on as it began
        at_once = virtual.under_current(middle, 0.0, np.array([0.0]))
        assert at_once.voltage_V[0] == pytest.approx(virtual.surface_voltage_V(middle), abs=1e-9)
        assert at_once.state_at(0.0) == middle
        virtual.temperature_degC = 25.0
        state = response.state_at(step[2])


def test_warm_diffusion_levels_out_faster() -> None:
    virtual = cell()
    driven = virtual.advance(CellState(lithium_mAh_g=400.0, lithiated_mAh_g=2000.0), -0.006, 300)
    left = {}
    for temperature_degC in (0.0, 25.0, 45.0):
        virtual.temperature_degC = temperature_degC
        left[temperature_degC] = sum(virtual.advance(driven, 0.0, 20.0).diffusion_mAh_g)
    assert left[0.0] > 1.3 * left[25.0] > 1.3 * left[45.0] > 0


def test_a_current_that_runs_straight_through_zero_is_two_currents() -> None:
    virtual = cell()
    start = CellState(lithium_mAh_g=400.0, lithiated_mAh_g=2000.0, cycle=1, last_direction="delithiation")
    at_once = virtual.advance_straight(start, 0.002, -0.004, 270.0)
    first = virtual.advance_straight(start, 0.002, 0.0, 90.0)
    then = virtual.advance_straight(first, 0.0, -0.004, 180.0)
    assert astuple(at_once) == astuple(then)
    assert at_once.cycle == 2


def test_absolute_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="absolute zero"):
        cell().temperature_degC = -300.0
