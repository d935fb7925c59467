"""Limit tests are evaluated on the cell, and end the step, the technique or everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.biologic.limit_tests import first_true_s
from simulators.lab.client import LabControl
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

E_AT_MOST, E_AT_LEAST, I_AT_LEAST, AUX2_AT_LEAST_AND = 1, 5, 101, 71
OCV: Parameters = {"Rest_time_T": 3.0, "Record_every_dT": 1.0}


def cplimit(exit_condition: int, *tests: tuple[int, float]) -> Parameters:
    """Discharge at 3 mA for an hour, then charge for 5 s."""
    parameters: dict[str, object] = {
        "Current_step": [-3e-3, 3e-3], "Duration_step": [3600.0, 5.5], "Step_number": 1, "Record_every_dT": 1.0,
        "I_Range": 9, "Exit_Cond": [exit_condition, exit_condition],
    }  # fmt: skip
    for number, (config, value) in enumerate(tests, 1):
        parameters[f"Test{number}_Config"] = [config, 0]
        parameters[f"Test{number}_Value"] = [value, 0.0]
    return parameters  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("exit_condition", "technique_indices", "last_current_A"), [(0, [0, 1], 3e-3), (1, [0, 1], -3e-3), (2, [0], -3e-3)]
)
def test_what_follows_on_a_limit(
    eclib: EclibClient, control: LabControl, exit_condition: int, technique_indices: list[int], last_current_A: float
) -> None:
    eclib.link(0, ("cplimit4", cplimit(exit_condition, (E_AT_MOST, 0.3))), ("ocv4", OCV))
    assert eclib.start(0) == 0
    control.advance(4000)
    segments = eclib.drain(0)
    assert sorted({it.technique_index for it in segments}) == technique_indices
    limited = [it for it in segments if it.technique_index == 0]
    ewe_V = [value for it in limited for value in it.single(2)]
    current_A = [value for it in limited for value in it.single(3)]
    discharged_V = [volts for volts, amperes in zip(ewe_V, current_A, strict=True) if amperes < 0]
    assert current_A[-1] == pytest.approx(last_current_A)
    assert min(discharged_V) >= 0.3
    assert discharged_V[-1] == pytest.approx(0.3, abs=0.02)
    assert eclib.values(0)["state"] == 0


def test_a_limit_not_reached_leaves_the_duration(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cplimit4", cplimit(2, (E_AT_MOST, -5.0))))
    assert eclib.start(0) == 0
    control.advance(3602)
    assert eclib.values(0)["i"] == pytest.approx(3e-3)


@pytest.mark.parametrize(
    ("tests", "ends_early"),
    [
        ([(E_AT_LEAST | 2, 5.0), (E_AT_MOST, 1.0)], False),  # never AND soon
        ([(E_AT_LEAST, 5.0), (E_AT_MOST, 1.0)], True),  # never OR soon
        ([(AUX2_AT_LEAST_AND, 1.0), (E_AT_MOST, 1.0)], False),  # an input that reads zero
        ([(AUX2_AT_LEAST_AND, -1.0), (E_AT_MOST, 1.0)], True),
        ([(E_AT_LEAST | 2, 5.0), (E_AT_MOST, 1.0), (E_AT_MOST, 1.2)], True),  # (never AND soon) OR sooner
        ([(E_AT_MOST & ~1, 1.2)], False),  # not active
    ],
)
def test_tests_are_joined_from_the_left(
    eclib: EclibClient, control: LabControl, tests: list[tuple[int, float]], ends_early: bool
) -> None:
    eclib.link(0, ("cplimit4", cplimit(2, *tests)))
    assert eclib.start(0) == 0
    control.advance(600)
    assert (eclib.values(0)["state"] == 0) == ends_early


def test_a_current_limit_ends_a_held_potential(eclib: EclibClient, control: LabControl) -> None:
    calimit: Parameters = {
        "Voltage_step": [1.2], "Duration_step": [600.0], "Step_number": 0, "Record_every_dT": 0.1, "Exit_Cond": [2],
        "Test1_Config": [I_AT_LEAST], "Test1_Value": [-1e-3], "I_Range": 9,
    }  # fmt: skip
    eclib.link(0, ("calimit4", calimit))
    assert eclib.start(0) == 0
    control.advance(700)
    segments = eclib.drain(0)
    current_A = [value for it in segments for value in it.single(3)]
    assert max(current_A) <= -1e-3
    assert current_A[-1] == pytest.approx(-1e-3, rel=0.02)


def test_a_limited_scan_turns_where_the_limit_is(eclib: EclibClient, control: LabControl) -> None:
    scan: Parameters = {
        "Voltage_step": [1.3, 0.2, 1.3], "Scan_Rate": [0.0, 0.01, 0.01], "Scan_number": 1, "Record_every_dE": 0.01,
        "Test1_Config": [0, E_AT_MOST, 0], "Test1_Value": [0.0, 1.0, 0.0], "Exit_Cond": [0, 0, 0], "I_Range": 9,
    }  # fmt: skip
    eclib.link(0, ("vscanlimit4", scan))
    assert eclib.start(0) == 0
    control.advance(200)
    ewe_V = [value for it in eclib.drain(0) for value in it.single(2)]
    assert min(ewe_V) == pytest.approx(1.0, abs=0.011)
    assert ewe_V[-1] == pytest.approx(1.3, abs=0.011)


@given(st.floats(1e-3, 1e5), st.floats(1.0, 1e6))
def test_the_first_instant_is_found_to_a_millionth(true_from_s: float, horizon_s: float) -> None:
    found_s = first_true_s(lambda at_s: at_s >= true_from_s, 1e-5, horizon_s)
    if true_from_s > horizon_s:
        assert found_s is None
    else:
        assert found_s is not None
        assert 0 <= found_s - true_from_s <= 1e-6 * max(1.0, true_from_s)
