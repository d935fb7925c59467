"""A program as linked techniques: parameters as the board gets them, step map, and what the board does not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.checks import problems
from drivers.biologic.technique_list import MEDIA_TYPE, Parameter, Technique, TechniqueList
from drivers.biologic.time_base import time_base_s
from drivers.biologic.translate import technique_list, translate
from drivers.contracts import StepKind
from drivers.errors import Garbled, Refused
from protocols.program import (
    ConstantCurrent,
    ConstantVoltage,
    Limits,
    Loop,
    Program,
    Record,
    Rest,
    Step,
    Until,
    VoltagePoint,
)
from tests.drivers.biologic.biologic_programs import (
    CHARGE,
    CV,
    CYCLING,
    DISCHARGE,
    GEIS,
    LIMITS,
    PEIS,
    PULSE,
    REST,
    TITRATION,
    at,
    program,
)
from tests.drivers.neware.programs import programs

FACTS = ChannelFacts()
E_AT_MOST, E_AT_LEAST, I_AT_MOST, I_AT_LEAST = 1, 5, 97, 101
NEXT, STOP = 1, 2


def loaded(*steps: Step, limits: Limits = LIMITS) -> list[Technique]:
    """All but the end marks."""
    techniques = technique_list(program(*steps, limits=limits), FACTS).techniques
    assert [it.end_mark for it in techniques] == [False] * (len(techniques) - 2) + [True, True]
    return list(techniques[:-2])


def values(technique: Technique) -> dict[str, object]:
    return {f"{it.label}[{it.index}]" if it.index else it.label: it.value for it in technique.parameters}


def limits_of(technique: Technique, index: int = 0) -> tuple[list[tuple[int, float]], int]:
    configured = [
        (int(technique.number(f"Test{n}_Config", index)), technique.number(f"Test{n}_Value", index)) for n in (1, 2, 3)
    ]
    return [it for it in configured if it[0]], int(technique.number("Exit_Cond", index))


def test_a_rest_is_ocv() -> None:
    (ocv,) = loaded(REST)
    assert ocv.stem == "ocv"
    assert values(ocv) == {
        "Rest_time_T": 60.0, "Record_every_dT": 10.0, "Record_every_dE": 0.005, "E_Range": 1, "tb": 20e-6,
    }  # fmt: skip


def test_a_constant_current_to_a_voltage_is_cplimit() -> None:
    (cplimit,) = loaded(DISCHARGE)
    assert cplimit.stem == "cplimit"
    assert values(cplimit) == {
        "Current_step": -0.003, "vs_initial": False, "Duration_step": 20 * 86400.0, "Step_number": 0, "N_Cycles": 0,
        "Test1_Config": E_AT_MOST, "Test1_Value": 0.05, "Exit_Cond": NEXT, "Record_every_dT": 10.0,
        "Record_every_dE": 0.005, "I_Range": 8, "E_Range": 1, "Bandwidth": 5, "tb": 1e-3,
    }  # fmt: skip
    assert cplimit.steps[0].kind is StepKind.CC_DISCHARGE


def test_constant_current_with_hold_is_two_techniques() -> None:
    constant, held = loaded(CHARGE)
    assert limits_of(constant) == ([(E_AT_LEAST, 1.0)], NEXT)
    assert held.stem == "calimit"
    assert held.number("Voltage_step") == 1.0
    assert limits_of(held) == ([(I_AT_MOST, 0.001)], NEXT)
    assert [it.steps[0].step for it in (constant, held)] == [1, 2]
    assert [it.steps[0].kind for it in (constant, held)] == [StepKind.CC_CHARGE, StepKind.CV_CHARGE]


def test_a_discharging_hold_ends_at_minus_the_current() -> None:
    (held,) = loaded(ConstantVoltage(0.01, "discharge", 0.001, Until(current_A=1e-4), at(2)))
    assert limits_of(held) == ([(I_AT_LEAST, -1e-4)], NEXT)


@pytest.mark.parametrize("until", [Until(duration_s=100.0), Until(capacity_Ah=1e-3)])
def test_a_step_that_needs_no_test_has_its_protection_on_board(until: Until) -> None:
    (constant,) = loaded(ConstantCurrent(0.003, until, at(2)))
    assert limits_of(constant) == ([(E_AT_LEAST, 4.0), (E_AT_MOST, -0.05)], STOP)
    (held,) = loaded(ConstantVoltage(1.0, "charge", 0.003, Until(duration_s=100.0), at(2)))
    assert limits_of(held) == ([(I_AT_LEAST, 0.008), (I_AT_MOST, -0.008)], STOP)


def test_capacity_is_the_time_that_it_takes() -> None:
    (constant,) = loaded(ConstantCurrent(-0.002, Until(capacity_Ah=0.001, voltage_V=0.0), at(2)))
    assert constant.number("Duration_step") == pytest.approx(1800.0)
    (shorter,) = loaded(ConstantCurrent(-0.002, Until(capacity_Ah=0.001, duration_s=60.0), at(2)))
    assert shorter.number("Duration_step") == 60.0


def test_a_pulse_that_leaves_its_loop_stops_the_channel() -> None:
    pulse, rest, loop = loaded(TITRATION)
    assert limits_of(pulse) == ([(E_AT_MOST, 0.3), (E_AT_LEAST, 4.0)], STOP)
    assert (pulse.leaves_loop, rest.leaves_loop) == (True, False)
    assert values(loop) == {"loop_N_times": 98, "protocol_number": 0}


def test_a_scan_is_one_technique_with_all_its_half_scans() -> None:
    (scan,) = loaded(CV)
    assert scan.stem == "vscanlimit"
    vertices = [scan.number("Voltage_step", n) for n in range(8)]
    assert vertices == [0.0, 0.2, 1.0, 0.2, 1.0, 0.2, 1.0, 0.5]
    assert [scan.number("vs_initial", n) for n in range(8)] == [1.0] + [0.0] * 7
    assert [(it.step, it.kind, it.cycle) for it in scan.steps] == [
        (1, StepKind.SWEEP_UP, 0), (2, StepKind.SWEEP_UP, 0),  # what the first is depends on open circuit
        (1, StepKind.SWEEP_DOWN, 1), (2, StepKind.SWEEP_UP, 1),
        (1, StepKind.SWEEP_DOWN, 2), (2, StepKind.SWEEP_UP, 2),
        (3, StepKind.SWEEP_DOWN, 2),
    ]  # fmt: skip
    assert (scan.number("Scan_number"), scan.number("N_Cycles"), scan.number("Record_every_dE")) == (6, 0, 0.01)
    assert all(limits_of(scan, n) == ([(I_AT_LEAST, 0.05), (I_AT_MOST, -0.05)], STOP) for n in range(1, 8))
    assert limits_of(scan, 0) == ([], 0)


def test_more_cycles_than_fit_go_on_in_a_second_technique() -> None:
    first, others, last = loaded(replace(CV, cycles=30))
    assert [others.number("Voltage_step", n) for n in range(3)] == [1.0, 0.2, 1.0]
    assert (first.number("N_Cycles"), others.number("N_Cycles")) == (0, 28)
    assert [it.cycle for it in first.steps + others.steps + last.steps] == [0, 0, 1, 1, 29]
    assert [it.step for it in first.steps + others.steps + last.steps] == [1, 2, 1, 2, 3]


def test_potentiostatic_impedance_is_peis() -> None:
    (peis,) = loaded(PEIS)
    wanted = {
        "Initial_Voltage_step": 0.0, "vs_initial": True, "Amplitude_Voltage": 0.01, "Duration_step": 20.0,
        "Initial_frequency": 1e4, "Final_frequency": 1.0, "sweep": False, "Frequency_number": 25,
        "Average_N_times": 1, "Wait_for_steady": 0.1, "Correction": False, "I_Range": 12, "tb": 24e-6,
        "Record_every_dT": 10.0, "Record_every_dI": 0.0, "Bandwidth": 8, "E_Range": 1,
    }  # fmt: skip
    assert (peis.stem, values(peis)) == ("peis", wanted)


def test_galvanostatic_impedance_never_has_an_automatic_range() -> None:
    (geis,) = loaded(GEIS)
    assert geis.stem == "geis"
    assert (geis.number("Amplitude_Current"), geis.current_range) == (1e-4, 7)  # at most half of the range
    (biased,) = loaded(replace(GEIS, bias_current_A=0.002))
    assert biased.current_range == 8


@pytest.mark.parametrize(
    ("current_A", "code"), [(1e-9, 2), (1e-8, 2), (1.01e-8, 3), (0.001, 7), (0.00101, 8), (0.1, 9), (0.11, 10)]
)
def test_the_smallest_range_that_carries_the_current(current_A: float, code: int) -> None:
    (technique,) = loaded(ConstantCurrent(current_A, Until(duration_s=1.0), at(1)), limits=Limits(0.0, 1.0, 0.5))
    assert technique.current_range == code


@pytest.mark.parametrize(("most_V", "code"), [(2.0, 0), (2.5, 1), (4.9, 1), (5.0, 2), (10.0, 2)])
def test_a_potential_range_shows_the_limits_with_something_to_spare(most_V: float, code: int) -> None:
    (technique,) = loaded(REST, limits=Limits(-1.0, most_V, 0.5))
    assert technique.number("E_Range") == code


def test_a_time_base_counts_the_whole_duration() -> None:
    assert time_base_s("ocv", 42_949.0) == 20e-6
    assert time_base_s("ocv", 42_950.0) == 1e-3
    assert time_base_s("ocv", 2_147_484.0) == 1e-2


def test_loops_stay_on_the_channel() -> None:
    inner = Loop(3, (DISCHARGE, CHARGE), at(3))
    techniques = loaded(REST, Loop(2, (inner, REST), at(2)), REST)
    assert [it.stem for it in techniques] == ["ocv", "cplimit", "cplimit", "calimit", "loop", "ocv", "loop", "ocv"]
    assert values(techniques[4]) == {"loop_N_times": 2, "protocol_number": 1}
    assert values(techniques[6]) == {"loop_N_times": 1, "protocol_number": 1}


def test_the_step_map_names_every_step_and_the_loops_around_it() -> None:
    translation = translate(program(REST, CYCLING, CV), FACTS)
    assert [(it.step, it.kind, it.origin.line, it.loops) for it in translation.step_map] == [
        (1, "rest", 1, ()),
        (2, "constant_current", 3, (5,)),
        (3, "constant_current_constant_voltage", 4, (5,)),
        (4, "constant_current_constant_voltage", 4, (5,)),
        (5, "loop", 2, ()),
        (6, "voltage_scan", 5, ()),
        (7, "voltage_scan", 5, ()),
        (8, "voltage_scan", 5, ()),
    ]
    assert translation.media_type == MEDIA_TYPE


def test_every_limit_that_the_board_does_not_hold_is_named() -> None:
    limits = replace(LIMITS, capacity_max_Ah=0.01, temperature_max_degC=40.0)
    forever = ConstantCurrent(0.003, Until(duration_s=9.0), at(11))
    translation = translate(program(REST, CYCLING, CV, PEIS, forever, limits=limits), FACTS)
    assert translation.watched_by_service == (
        "limits: capacity 0.01 Ah (EClib counts no charge; nobody watches it)",
        "limits: temperature … 40 degC (not measured here)",
        "line 1: rest: voltage -0.05 … 4 V (OCV has no tests)",
        "line 3: constant current: voltage -0.05 … 4 V (its one exit condition ends the step at 0.05 V)",
        "line 3: constant current: current 0.008 A (regulated, not tested)",
        "line 4: CC-CV: voltage -0.05 … 4 V (its one exit condition ends the step at 1 V)",
        "line 4: CC-CV: current 0.008 A (regulated, not tested)",
        "line 4: CC-CV: current 0.008 A (its one exit condition ends the step at 0.001 A)",
        "line 4: CC-CV: current of the step 0.003 A (limited by no more than the current range)",
        "line 4: CC-CV: voltage -0.05 … 4 V (regulated, not tested)",
        "line 5: voltage scan: voltage -0.05 … 4 V (regulated, not tested)",
        "line 6: impedance: voltage -0.05 … 4 V (PEIS and GEIS have no tests)",
        "line 6: impedance: current 0.008 A (PEIS and GEIS have no tests)",
        "line 11: constant current: current 0.008 A (regulated, not tested)",
    )


def test_what_has_problems_is_refused_with_all_of_them() -> None:
    with pytest.raises(Refused, match=r"line 9: .*; line 9: .*nothing follows it"):
        translate(program(replace(PULSE, until=Until(duration_s=1.0))), FACTS)


@given(programs)
def test_a_list_survives_as_json(drawn: Program) -> None:
    record = Record(interval_s=10.0, voltage_change_V=0.005)
    listed = technique_list(replace(drawn, record=record), FACTS)
    again = TechniqueList.load(listed.dump())
    assert again == listed
    assert [type(p.value) for it in again.techniques for p in it.parameters] == [
        type(p.value) for it in listed.techniques for p in it.parameters
    ]


@given(programs)
def test_rows_of_any_program_belong_to_a_step_of_the_map(drawn: Program) -> None:
    if problems(drawn, FACTS):
        return
    translation = translate(drawn, FACTS)
    listed = TechniqueList.load(translation.content).techniques
    numbers = [row.step for row in translation.step_map]
    assert numbers == sorted(set(numbers))
    rows = {row.step for it in listed for row in it.steps}
    assert rows == {row.step for row in translation.step_map if row.kind != "loop"}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"version": 2, "techniques": []}', b'{"version": 1, "techniques": [{}]}', b"\xff"]
)
def test_what_is_no_list_is_garbled(content: bytes) -> None:
    with pytest.raises(Garbled):
        TechniqueList.load(content)


def test_an_element_has_its_own_number() -> None:
    technique = Technique("vscanlimit", (Parameter("Voltage_step", 0.5, 1), Parameter("Scan_number", 3)))
    assert (technique.number("Voltage_step", 1), technique.number("Voltage_step"), technique.current_range) == (
        0.5,
        0.0,
        None,
    )


def test_a_rest_longer_than_a_default_tick_counts() -> None:
    (ocv,) = loaded(Rest(Until(duration_s=86400.0), at(1)))
    assert ocv.time_base_s == ocv.number("tb") == 1e-3


def test_relative_and_absolute_points_stand_beside_each_other() -> None:
    (scan,) = loaded(replace(CV, end=VoltagePoint(0.0, "open_circuit")))
    assert scan.number("vs_initial", 7) == 1.0
