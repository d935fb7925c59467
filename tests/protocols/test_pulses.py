from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.cell import Cell
from protocols.errors import ProtocolErrors
from protocols.estimate import estimate_program
from protocols.program import ConstantCurrent, Limits, Loop, Origin, Program, Record, Rest, Until
from protocols.reading import check
from tests.protocols.binding import CELL, HEAD, plan_of, programs_of, steps_of

GITT = "- gitt: {discharge: 0.1C, pulse: 10 min, rest: 1 h, until: {voltage: 0.01 V}}"


def test_a_pulse_is_a_current_for_a_time_and_a_rest() -> None:
    down, pause, up = steps_of("- pulse: {discharge: 2C, for: 10 s, rest: 40 s}\n- pulse: {charge: 1 mA, for: 5 s}")
    assert down == ConstantCurrent(-6.7e-3, Until(duration_s=10.0), Origin(8, "steps[0].pulse"))
    assert pause == Rest(Until(duration_s=40.0), Origin(8, "steps[0].rest"))
    assert up == ConstantCurrent(1e-3, Until(duration_s=5.0), Origin(9, "steps[1].pulse"))


def test_the_record_of_a_pulse_holds_for_its_rest_unless_that_has_its_own() -> None:
    fine, own = "record: {every: 0.1 s}", "{for: 40 s, record: {every: 5 s}}"
    first, second = (f"- pulse: {{charge: 1C, for: 10 s, rest: {rest}, {fine}}}" for rest in ("40 s", own))
    steps = f"{first}\n{second}"
    records = [step.record for step in steps_of(steps) if not isinstance(step, Loop)]
    assert records == [Record(0.1), Record(0.1), Record(0.1), Record(5.0)]


def test_pulses_are_no_cycles_that_somebody_forgot_to_repeat() -> None:
    pair = "- pulse: {discharge: 2C, for: 10 s, rest: 40 s}\n- pulse: {charge: 2C, for: 10 s, rest: 40 s}\n"
    assert plan_of(pair * 3).warnings == ()


def test_a_titration_is_a_loop_that_its_pulse_leaves() -> None:
    (loop,) = steps_of(GITT + "\n  label: titration")
    pulse = ConstantCurrent(
        pytest.approx(-3.35e-4),
        Until(duration_s=600.0, voltage_V=0.01),
        Origin(8, "steps[0].pulse", "titration"),
        leaves_loop=True,
    )
    rest = Rest(Until(duration_s=3600.0), Origin(8, "steps[0].rest", "titration"))
    assert loop == Loop(120, (pulse, rest), Origin(8, "steps[0]", "titration"))


def test_a_titration_ends_its_segment() -> None:
    back = GITT.replace("discharge", "charge").replace("0.01 V", "1.5 V")
    programs = programs_of(f"- rest: 1 min\n{GITT}\n- rest: 1 min\n{back}\n- rest: 1 min")
    assert [[step.kind for step in program.steps] for program in programs] == [["rest", "loop"]] * 2 + [["rest"]]


@pytest.mark.parametrize(
    ("until", "count"), [("{voltage: 0.01 V}", 120), ("{voltage: 0.01 V, pulses: 30}", 30), ("{voltage: 10 mV}", 120)]
)
def test_pulses_are_stated_or_taken_from_the_nominal_capacity(until: str, count: int) -> None:
    (loop,) = steps_of(GITT.replace("{voltage: 0.01 V}", until))
    assert isinstance(loop, Loop)
    assert loop.count == count


def test_few_large_pulses_are_still_some() -> None:
    (loop,) = steps_of(GITT.replace("10 min", "9 h"))
    assert isinstance(loop, Loop)
    assert loop.count == 10


def test_without_a_nominal_capacity_the_pulses_have_to_be_stated() -> None:
    text = GITT.replace("0.1C", "0.3 mA")
    unknown = Cell("L1", window_min_V=0.01, window_max_V=1.5)
    with pytest.raises(
        ProtocolErrors, match=r"my.yaml:8  gitt.until: without the nominal .* cell L1 .*; add pulses: 200"
    ):
        plan_of(text, unknown)
    assert plan_of(text.replace("0.01 V}", "0.01 V, pulses: 200}"), unknown).estimate.duration_s > 0


MISTAKES = [
    (GITT.replace("discharge: 0.1C, ", ""), "gitt", "says neither charge nor discharge", "add discharge"),
    (GITT.replace("0.1C,", "0.1C, charge: 1C,"), "gitt.discharge", "stands beside charge", "one of them"),
    (GITT.replace("0.1C", "30 mA"), "gitt.discharge", "above limits.current", "lower"),
    (GITT.replace("0.1C", "-0.1C"), "gitt.discharge", "is negative", "which way"),
    (GITT.replace("0.01 V", "1.5 V"), "gitt.until.voltage", "never discharges up", "write charge"),
    (GITT.replace("0.01 V", "-1 V"), "gitt.until.voltage", "outside limits.voltage", "between"),
    (GITT.replace("{voltage: 0.01 V}", "{pulses: 10}"), "gitt.until", "has no voltage", "add voltage: 0.01 V"),
    (GITT.replace("{voltage: 0.01 V}", "0.01 V"), "gitt.until", "is not a mapping", "{voltage: 0.01 V"),
    (GITT.replace("pulse: 10 min, ", ""), "gitt", "has no pulse", "add pulse: 10 min"),
    (GITT.replace("rest: 1 h, ", ""), "gitt", "has no rest", "add rest: 1 h"),
    (f"- repeat: 2\n  steps:\n  {GITT}", "gitt", "inside a repeat cannot be carried out", "for_each"),
    ("- pulse: {for: 10 s}", "pulse", "says neither", "add discharge"),
    ("- pulse: {charge: 1C}", "pulse", "has no for", "add for: 10 s"),
    ("- pulse: {charge: 1C, duration: 10 s}", "pulse.duration", "is unknown", "known here"),
]


@pytest.mark.parametrize(("steps", "key", "message", "remedy"), MISTAKES)
def test_a_mistake_is_told_with_key_and_remedy(steps: str, key: str, message: str, remedy: str) -> None:
    errors = check(HEAD + steps, "my.yaml")
    matching = [e for e in errors if e.key == key and message in e.message and remedy in e.remedy]
    assert matching, "\n".join(map(str, errors)) or "nothing was found wrong"


def test_pulses_that_would_never_get_there_are_refused() -> None:
    with pytest.raises(ProtocolErrors, match=r'gitt.until: pulses of "1 ms" at this current are too small'):
        plan_of(GITT.replace("10 min", "1 ms"))


@given(st.floats(1e-4, 5e-3), st.floats(60, 3600), st.floats(60, 7200), st.integers(1, 500))
def test_a_titration_takes_the_nominal_capacity_in_pulses(
    current_A: float, pulse_s: float, rest_s: float, most: int
) -> None:
    here, nominal_Ah = Origin(1, "steps[0]"), 3.35e-3
    pulse = ConstantCurrent(-current_A, Until(duration_s=pulse_s, voltage_V=0.01), here, leaves_loop=True)
    loop = Loop(most, (pulse, Rest(Until(duration_s=rest_s), here)), here)
    got = estimate_program(Program((loop,), Limits(-0.05, 2.0, 0.02), Record(10.0)), nominal_Ah)
    needed = nominal_Ah * 3600 / current_A / pulse_s
    rests = min(most, math.floor(needed))
    assert got.duration_s == pytest.approx(min(needed, most) * pulse_s + rests * rest_s, rel=1e-6)
    assert got.cycles == min(most, rests + 1)


def test_the_shipped_cell_is_titrated_in_60_pulses() -> None:
    assert CELL.nominal_capacity_Ah is not None
    assert plan_of(GITT).estimate.duration_s == pytest.approx(36000 + 60 * 3600, rel=0.02)
