from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import library
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.plan import AnalysisRequest, Estimate, Plan, Prompt, Segment, SetTemperature
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Rest,
    RetentionRule,
    Step,
    Until,
    VoltagePoint,
    VoltageScan,
)
from protocols.reading import load_protocol
from protocols.storage import StoredPlanError, dump_plan, load_plan

CELL = Cell("0012", 2.753e-3, 1.131, 3.35e-3, 0.01, 1.5, "SiO@C-l", {"alpha": "4.8 %"})

NUMBER = st.floats(allow_nan=False, allow_infinity=False)
MAYBE = st.none() | NUMBER
TEXT = st.text(max_size=8)
WORDS = st.dictionaries(TEXT, TEXT, max_size=2)
ORIGIN = st.builds(Origin, st.integers(1, 999), TEXT, st.none() | TEXT)
UNTIL = st.builds(Until, MAYBE, MAYBE, MAYBE, MAYBE)
RECORD = st.builds(Record, MAYBE, MAYBE, MAYBE)
LIMITS = st.builds(Limits, NUMBER, NUMBER, NUMBER, MAYBE, MAYBE, MAYBE)
OWN = (st.none() | RECORD, st.none() | LIMITS)
COUNT = st.integers(1, 999)
POINT = st.builds(VoltagePoint, NUMBER, st.sampled_from(["absolute", "open_circuit"]))
DIRECTION = st.sampled_from(["charge", "discharge"])
PLAIN_STEP: st.SearchStrategy[Step] = st.one_of(
    st.builds(Rest, UNTIL, ORIGIN, *OWN),
    st.builds(ConstantCurrent, NUMBER, UNTIL, ORIGIN, *OWN, st.booleans()),
    st.builds(ConstantVoltage, NUMBER, DIRECTION, NUMBER, UNTIL, ORIGIN, *OWN),
    st.builds(ConstantCurrentConstantVoltage, NUMBER, NUMBER, UNTIL, ORIGIN, *OWN),
    st.builds(
        VoltageScan, POINT, st.lists(POINT, min_size=1, max_size=3).map(tuple), NUMBER, ORIGIN, COUNT, st.none() | POINT
    ),
    st.builds(
        Impedance,
        control=st.sampled_from(["potentiostatic", "galvanostatic"]),
        frequency_from_Hz=NUMBER,
        frequency_to_Hz=NUMBER,
        points_per_decade=NUMBER,
        origin=ORIGIN,
        amplitude_peak_V=MAYBE,
        bias=st.none() | POINT,
        amplitude_peak_A=MAYBE,
        average=COUNT,
        drift_correction=st.booleans(),
    ),
)
RULE = st.none() | st.builds(RetentionRule, NUMBER, st.integers(1, 9), st.integers(1, 9))


def _loops(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    return st.builds(Loop, st.integers(1, 500), st.lists(inner, max_size=3).map(tuple), ORIGIN, RULE)


STEPS = st.lists(st.recursive(PLAIN_STEP, _loops, max_leaves=4), max_size=3).map(tuple)
ESTIMATE = st.builds(Estimate, NUMBER, st.integers(0), st.integers(0), st.integers(0))
ITEM = st.one_of(
    st.builds(Segment, st.builds(Program, STEPS, LIMITS, RECORD, WORDS), ESTIMATE),
    st.builds(SetTemperature, NUMBER, NUMBER, NUMBER, MAYBE, NUMBER, st.integers(1, 99)),
    st.builds(Prompt, TEXT, st.integers(1, 99)),
)
OPTION = st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
PLAN = st.builds(
    Plan,
    protocol=TEXT,
    protocol_sha256=TEXT,
    cell=st.builds(Cell, TEXT, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, st.none() | TEXT, WORDS),
    parameters=WORDS,
    items=st.lists(ITEM, max_size=2).map(tuple),
    analyses=st.lists(st.builds(AnalysisRequest, TEXT, st.dictionaries(TEXT, OPTION, max_size=2)), max_size=2).map(
        tuple
    ),
    estimate=ESTIMATE,
    warnings=st.lists(TEXT, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(PLAN)
def test_a_plan_is_read_back_as_it_was(plan: Plan) -> None:
    through_json = json.loads(json.dumps(dump_plan(plan)))
    assert load_plan(through_json) == plan
    assert repr(load_plan(through_json)) == repr(plan)  # 1, 1.0 and True are equal, but not the same


@pytest.mark.parametrize("name", library.names())
def test_every_shipped_protocol_survives_storage(name: str) -> None:
    plan = compile_protocol(load_protocol(name), CELL)
    assert load_plan(json.dumps(dump_plan(plan))) == plan


def _without(key: str) -> dict[str, Any]:
    stored = dump_plan(compile_protocol(load_protocol("formation"), CELL))
    del stored[key]
    return stored


def test_a_plan_without_warnings_is_an_older_plan() -> None:
    assert load_plan(_without("warnings")).warnings == ()


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"version": 2}, "a plan of version 2, this reads 1"),
        ({}, "a plan of version None"),
        ({"version": 1}, "protocol: "),
        ("{}", "a plan of version None"),
        ("[]", "is no plan"),
        ("not json", "is no plan"),
        (b"\xff", "is no plan"),
        (_without("items"), "items: "),
    ],
)
def test_what_is_no_plan_is_told(stored: dict[str, Any] | str | bytes, message: str) -> None:
    with pytest.raises(StoredPlanError, match=message):
        load_plan(stored)
