from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.plan import AnalysisRequest, Plan, Segment
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Rest,
    RetentionRule,
    Until,
)
from protocols.reading import parse_protocol

HEAD = """\
cellbench: 1
protocol: example
parameters: {rate: 1C, rates: [0.2 A/g, 1 A/g], n: 3, low: 0.01 V}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 20 mA}
record: {every: 10 s, voltage_change: 5 mV}
steps:
"""
CELL = Cell("L1", 2.753e-3, 1.131, 3.35e-3, 0.01, 1.5)


def plan_of(steps: str, parameters: dict[str, str] | None = None, cell: Cell = CELL) -> Plan:
    return compile_protocol(parse_protocol(HEAD + steps, "my.yaml"), cell, parameters)


def program_of(steps: str, parameters: dict[str, str] | None = None, cell: Cell = CELL) -> Program:
    (segment,) = plan_of(steps, parameters, cell).items
    assert isinstance(segment, Segment)
    return segment.program


CURRENTS = [
    ("5 mA", 5e-3),
    ("0.2 A/g", 0.2 * 2.753e-3),
    ("200 mA/g", 0.2 * 2.753e-3),
    ("2C", 2 * 3.35e-3),
    ("C/10", 0.1 * 3.35e-3),
    ("1.5 mA/cm2", 1.5e-3 * 1.131),
]


@pytest.mark.parametrize(("written", "amperes"), CURRENTS)
def test_currents_are_absolute_and_signed(written: str, amperes: float) -> None:
    charge = f"- charge: {{current: {written}, until: {{voltage: 1.5 V}}}}\n"
    discharge = f"- discharge: {{current: {written}, until: {{voltage: $low}}}}\n"
    up, down = program_of(charge + discharge).steps
    assert isinstance(up, ConstantCurrent)
    assert isinstance(down, ConstantCurrent)
    assert up.current_A == pytest.approx(amperes, rel=1e-14)
    assert down.current_A == -up.current_A
    assert (up.until, down.until) == (Until(voltage_V=1.5), Until(voltage_V=0.01))


CAPACITIES = [("2 mAh", 2e-3), ("600 mAh/g", 0.6 * 2.753e-3), ("50 %", 0.5 * 3.35e-3), ("1 mAh/cm2", 1e-3 * 1.131)]


@pytest.mark.parametrize(("written", "ampere_hours"), CAPACITIES)
def test_capacities_are_absolute(written: str, ampere_hours: float) -> None:
    (step,) = program_of(f"- discharge: {{current: 1C, until: {{capacity: {written}, duration: 2 h}}}}").steps
    assert step == ConstantCurrent(
        -3.35e-3,
        Until(duration_s=7200.0, capacity_Ah=pytest.approx(ampere_hours, rel=1e-14)),
        Origin(8, "steps[0]"),
    )


def test_a_program_says_limits_record_and_whose_it_is() -> None:
    program = program_of("- rest: 10 min")
    assert program == Program(
        steps=(Rest(Until(duration_s=600.0), Origin(8, "steps[0]")),),
        limits=Limits(-0.05, 2.0, 0.02),
        record=Record(10.0, 0.005),
        metadata={"protocol": "example", "cell": "L1"},
    )


def test_a_step_may_record_otherwise_and_be_limited_more_narrowly() -> None:
    steps = "- rest: {for: 1 h, record: {every: 60 s, current_change: 1C}, limits: {voltage: [0 V, 1.9 V]}}"
    (rest,) = program_of(steps).steps
    assert not isinstance(rest, Loop)
    assert rest.record == Record(60.0, None, 3.35e-3)
    assert rest.limits == Limits(0.0, 1.9, 0.02)


def test_constant_current_then_constant_voltage_is_one_step() -> None:
    (step,) = program_of("- charge: {current: 1C, hold_at: 1.5 V, until: {current: 0.05C, duration: 3 h}}").steps
    until = Until(duration_s=10800.0, current_A=pytest.approx(0.05 * 3.35e-3))
    assert step == ConstantCurrentConstantVoltage(3.35e-3, 1.5, until, Origin(8, "steps[0]"))


def test_a_hold_continues_the_step_before_unless_told_otherwise() -> None:
    steps = """\
- discharge: {current: 1C, until: {voltage: $low}}
- hold: {voltage: $low, until: {current: 0.05C}}
- hold: {voltage: 1 V, direction: charge, max_current: 2C, until: {duration: 1 h}}
"""
    _, inferred, told = program_of(steps).steps
    assert inferred == ConstantVoltage(
        0.01, "discharge", 3.35e-3, Until(current_A=pytest.approx(0.05 * 3.35e-3)), Origin(9, "steps[1]")
    )
    assert told == ConstantVoltage(1.0, "charge", 6.7e-3, Until(duration_s=3600.0), Origin(10, "steps[2]"))


def test_a_hold_at_the_head_of_a_loop_has_no_step_before() -> None:
    steps = """\
- charge: {current: 1C, until: {voltage: 1.5 V}}
- repeat: 2
  steps: [hold: {voltage: 1.5 V, until: {duration: 1 h}}]
"""
    with pytest.raises(ProtocolErrors, match=r"my.yaml:10  hold: no charge or discharge stands directly before"):
        program_of(steps)


def test_for_each_is_written_out_and_repeat_stays_a_loop() -> None:
    steps = """\
- for_each: {rate_here: $rates}
  steps:
    - repeat: $n
      label: ladder $rate_here
      steps:
        - discharge: {current: $rate_here, until: {voltage: 0.01 V}}
        - rest: 5 s
          label: pause
"""
    first, second = program_of(steps).steps
    assert isinstance(first, Loop)
    assert isinstance(second, Loop)
    place = "steps[0].for_each[rate_here=0.2 A/g].steps[0]"
    assert (first.count, first.origin) == (3, Origin(10, place, "ladder 0.2 A/g"))
    assert first.body[0].origin == Origin(13, f"{place}.steps[0]", "ladder 0.2 A/g")
    assert first.body[1].origin == Origin(14, f"{place}.steps[1]", "pause")
    assert second.body[0].origin.label == "ladder 1 A/g"
    currents_A = [loop.body[0].current_A for loop in (first, second) if isinstance(loop.body[0], ConstantCurrent)]
    assert currents_A == pytest.approx([-0.2 * 2.753e-3, -1 * 2.753e-3])


def test_a_stop_rule_is_counted_in_its_loop() -> None:
    steps = """\
- repeat: 500
  stop_when: {capacity_retention: {below: 80 %, since_cycle: 2, for_cycles: 3}}
  steps:
    - discharge: {current: 1C, until: {voltage: 0.01 V}}
    - charge: {current: 1C, until: {voltage: 1.5 V}}
"""
    (loop,) = program_of(steps).steps
    assert isinstance(loop, Loop)
    assert loop.stop_when == RetentionRule(0.8, 2, 3)


def test_a_loop_with_a_stop_rule_ends_its_segment() -> None:
    steps = """\
- rest: 1 min
- repeat: 500
  stop_when: {capacity_retention: {below: 80 %}}
  steps:
    - discharge: {current: 1C, until: {voltage: 0.01 V}}
    - charge: {current: 1C, until: {voltage: 1.5 V}}
- rest: 2 min
- rest: 3 min
"""
    programs = [item.program for item in plan_of(steps).items if isinstance(item, Segment)]
    assert [[step.kind for step in program.steps] for program in programs] == [["rest", "loop"], ["rest", "rest"]]
    assert plan_of(steps).estimate.cycles >= 500


def test_analyses_carry_their_options_as_values() -> None:
    text = (
        HEAD + "- rest: 1 s\nanalyses: [cycles, {retention: {reference_cycle: $n, smooth: true, share: 0.5, of: '1'}}]"
    )
    assert compile_protocol(parse_protocol(text), CELL).analyses == (
        AnalysisRequest("cycles", {}),
        AnalysisRequest("retention", {"reference_cycle": 3, "smooth": True, "share": 0.5, "of": "1"}),
    )


def test_parameters_are_overridden_at_launch_and_kept_as_written() -> None:
    steps = "- repeat: $n\n  steps: [charge: {current: $rate, until: {voltage: 1.5 V}}]"
    plan = plan_of(steps, {"n": "7", "rate": "0.5 A/g", "rates": "[3C]"})
    assert plan.parameters == {"rate": "0.5 A/g", "rates": "[3C]", "n": "7", "low": "0.01 V"}
    (segment,) = plan.items
    assert isinstance(segment, Segment)
    (loop,) = segment.program.steps
    assert isinstance(loop, Loop)
    assert loop.count == 7
    assert isinstance(loop.body[0], ConstantCurrent)
    assert loop.body[0].current_A == pytest.approx(0.5 * 2.753e-3)


OVERRIDES = [
    ("ratte", "1C", '"ratte" is unknown', "did you mean rate?"),
    ("rate", "5 s", "s is a duration", "write a current"),
    ("rate", "0,5 A/g", "has a decimal comma", "write 0.5 A/g"),
    ("rate", "[1C, 2C]", "is not a single value", "write it like the default, 1C"),
    ("rates", "1C", "is not a list", "write it like the default, [0.2 A/g, 1 A/g]"),
    ("rates", "[1C, 0,2 A/g]", '"0,2 A/g" has a decimal comma', "write 0.2 A/g"),
    ("rates", "[]", "is not a list of values", "write [0.2 A/g"),
    ("n", "2.5", "is not a whole number", "such as 3"),
    ("n", "1C", "is not a whole number", "such as 3"),
    ("n", "", "is empty", ""),
    ("n", "$low", "refers to another", "the value itself"),
    ("n", "{a: 1}", "is not a list of values", ""),
    ("n", "[", "is not YAML", "brackets"),
]


@pytest.mark.parametrize(("name", "text", "message", "remedy"), OVERRIDES)
def test_an_override_must_be_of_its_defaults_kind(name: str, text: str, message: str, remedy: str) -> None:
    with pytest.raises(ProtocolErrors) as caught:
        plan_of("- rest: 1 s", {name: text})
    (error,) = caught.value.errors
    assert error.key == f"--set {name}"
    assert message in error.message
    assert remedy in error.remedy


def test_the_plan_knows_which_file_it_was() -> None:
    one, other = plan_of("- rest: 1 s"), plan_of("- rest: 2 s")
    assert one.protocol == "example"
    assert len(one.protocol_sha256) == 64
    assert one.protocol_sha256 != other.protocol_sha256
    assert one.protocol_sha256 == plan_of("- rest: 1 s").protocol_sha256


UNITS_A = {
    "A/g": Fraction(2753, 10**6),
    "mA": Fraction(1, 1000),
    "C": Fraction(335, 10**5),
    "mA/cm2": Fraction(1131, 10**6),
}
RATES = st.lists(st.tuples(st.integers(1, 300), st.sampled_from(sorted(UNITS_A))), min_size=1, max_size=8)


@settings(deadline=None)
@given(RATES, st.integers(1, 50), st.integers(11, 749), st.integers(751, 1499))
def test_set_points_agree_with_an_independent_calculation(
    rates: list[tuple[int, str]], cycles: int, low_mV: int, high_mV: int
) -> None:
    written = ", ".join(f"{hundredths / 100:g} {unit}" for hundredths, unit in rates)
    steps = f"""\
- for_each: {{r: [{written}]}}
  steps:
    - repeat: {cycles}
      steps:
        - discharge: {{current: $r, until: {{voltage: {low_mV} mV}}}}
        - charge: {{current: $r, until: {{voltage: {high_mV / 1000} V}}}}
"""
    loops = program_of(steps).steps
    assert len(loops) == len(rates)
    for loop, (hundredths, unit) in zip(loops, rates, strict=True):
        assert isinstance(loop, Loop)
        assert loop.count == cycles
        exact_A = float(Fraction(hundredths, 100) * UNITS_A[unit])
        down, up = loop.body
        assert isinstance(down, ConstantCurrent)
        assert isinstance(up, ConstantCurrent)
        assert (down.current_A, up.current_A) == pytest.approx((-exact_A, exact_A), rel=1e-12)
        assert (down.until, up.until) == (Until(voltage_V=low_mV / 1000), Until(voltage_V=high_mV / 1000))
