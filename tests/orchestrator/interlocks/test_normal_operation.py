"""The built-in rules and a strict lab's own do not trip in normal operation: rates, ramps, EIS, voltammetry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contracts import ChannelState
from orchestrator.config import Lab, read_lab
from orchestrator.interlocks.built_in import all_rules
from orchestrator.interlocks.condition import Bound, Lost, Silent
from orchestrator.interlocks.seen import RunSeen, StepSeen
from protocols.estimate import ExpectedStep
from tests.orchestrator.interlocks.course import A1, Course, cell, chamber, follow, silent
from tests.orchestrator.interlocks.strict_lab import STRICT

MASS_g = 0.002753


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    path = tmp_path_factory.mktemp("lab") / "lab.yaml"
    path.write_text(STRICT, encoding="utf-8")
    return read_lab(path)


def cycling(rate_A_g: float, at_s: float) -> tuple[float, float]:
    """Voltage and current of a half cell that is cycled between 0.01 and 1.5 V, steps and all."""
    period_s = 7200 / rate_A_g
    phase = (at_s % period_s) / period_s
    current_A = rate_A_g * MASS_g * (-1 if phase < 0.5 else 1)
    return (1.5 - 2.98 * phase if phase < 0.5 else 0.01 + 2.98 * (phase - 0.5)), current_A


def in_its_step(rate_A_g: float, at_s: float, current_A: float) -> StepSeen:
    """The newest record of a cell that passes its nominal capacity in each half cycle."""
    half_s = 3600 / rate_A_g
    gone_s = at_s % half_s
    expected = ExpectedStep(half_s, MASS_g, current_A)
    return StepSeen(expected, gone_s, abs(current_A) * gone_s / 3600, current_A)


@settings(max_examples=15)
@given(rate_A_g=st.sampled_from([0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0]), poll_s=st.sampled_from([1.0, 10.0, 600.0]))
def test_rates_up_to_5_A_per_g(lab, rate_A_g, poll_s):
    course = Course(all_rules(lab))
    for number in range(150):
        at_s = number * poll_s
        voltage_V, current_A = cycling(rate_A_g, at_s)
        warmth_K = 0.5 * rate_A_g * math.sin(at_s / 700) ** 2
        course.see(chamber(at_s, 25.0 + 0.1 * (number % 2), 25.0, wanted_degC=25.0, limits_degC=(-30.0, 80.0)))
        course.see(
            cell(
                at_s,
                voltage_V=voltage_V,
                current_A=current_A,
                temperature_degC=25.0 + warmth_K,
                records=number // 3,
                run=RunSeen(in_its_step(rate_A_g, at_s, current_A)),
            )
        )
    assert course.trips == []


@settings(max_examples=6)
@given(rate=st.floats(0.3, 3.0), lag_s=st.floats(60.0, 1800.0), poll_s=st.sampled_from([1.0, 10.0, 60.0]))
def test_a_chamber_that_ramps_by_up_to_3_K_per_min_through_its_whole_range(lab, rate, lag_s, poll_s):
    looks = np.arange(0.0, 4 * 3600.0, poll_s).tolist()
    levels = np.array([25.0, 25.0, 78.0, 78.0, -28.0, -28.0])
    times = np.cumsum([0.0, 600.0, 53 / rate * 60, 600.0, 106 / rate * 60, 600.0])
    air = [float(np.interp(at_s, times, levels)) for at_s in looks]
    inside = follow(lambda at_s: float(np.interp(at_s, times, levels)), looks, lag_s)
    course = Course(all_rules(lab))
    for at_s, aim, value in zip(looks[::10], air[::10], inside[::10], strict=True):
        course.see(chamber(at_s, round(aim, 1), aim, limits_degC=(-30.0, 80.0)))
        course.see(
            cell(at_s, state=ChannelState.RUNNING, voltage_V=1.0, current_A=0.0, temperature_degC=round(value, 1))
        )
    assert course.trips == []


def test_impedance_and_voltammetry(lab):
    """A sine of 10 mV around rest, points as slow as 0.1 Hz; sweeps over the whole window with peaks of current."""
    course = Course(all_rules(lab))
    for number in range(3000):
        at_s = 0.5 * number
        sine = 0.2 + 0.010 * math.sin(2 * math.pi * 0.1 * at_s)
        sweep = 0.01 + 1.49 * abs((at_s / 600) % 2 - 1)
        peak_A = 0.015 * math.exp(-(((sweep - 0.3) / 0.1) ** 2))
        voltage_V, current_A = (sine, 1e-3 * (sine - 0.2) / 0.01) if number < 1500 else (sweep, peak_A)
        course.see(cell(at_s, voltage_V=voltage_V, current_A=current_A, records=number, temperature_degC=25.0))
        course.see(chamber(at_s, 25.0, 25.0, wanted_degC=25.0, limits_degC=(-30.0, 80.0)))
    assert course.trips == []


def test_a_set_point_at_the_labs_own_limit_is_measured_to_either_side_of_it(lab):
    course = Course(all_rules(lab))
    for number in range(100):
        course.see(
            cell(float(number), voltage_V=5.0 + 0.001 * (-1) ** number, current_A=0.05 * (1 + 0.001 * (-1) ** number))
        )
    assert course.trips == []
    course.see(cell(200.0, voltage_V=5.05))
    assert [str(trip.rule.condition) for trip in course.trips] == ["voltage above 5.0275 V"]


def test_the_built_in_rules_are_always_there(lab):
    kinds = {type(rule.condition).__name__ for rule in all_rules(lab) if rule.origin == "built in"}
    assert kinds == {
        "Bound", "OutsideLimits", "OutsideProtocol", "Lost", "Frozen", "Alarming", "Silent",
        "AgainstStep", "StopUnconfirmed", "LimitsDiffer",
    }  # fmt: skip
    assert [rule for rule in all_rules(lab) if rule.origin == "built in"] == list(
        all_rules(lab)[: -len(lab.interlocks)]
    )


def test_a_rule_of_the_lab_file_that_is_laxer_leaves_the_built_in_one_in_force(lab):
    lax = [rule for rule in lab.interlocks if isinstance(rule.condition, Bound) and rule.condition.value == 9.0]
    assert lax
    course = Course(all_rules(lab)).see(cell(0.0, voltage_V=6.0))
    assert [trip.rule.origin for trip in course.trips] == ["built in"]


def test_a_silence_of_less_than_its_time_is_none(lab):
    course = Course(all_rules(lab)).see(silent(0.0), now_s=59.0)
    assert course.trips == []
    silences = [rule for rule in all_rules(lab) if isinstance(rule.condition, Silent)]
    assert {(rule.for_s, rule.do.verb) for rule in silences} == {(60.0, "nothing"), (30.0, "nothing")}
    assert any(isinstance(rule.condition, Lost) and A1.bench in rule.subject.names for rule in all_rules(lab))
