"""Protocols that aurora-unicycler writes become protocol files that say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aurora_unicycler import (
    ConstantCurrent,
    ConstantVoltage,
    CyclingProtocol,
    ImpedanceSpectroscopy,
    Loop,
    OpenCircuitVoltage,
    RecordParams,
    SafetyParams,
    SampleParams,
    Tag,
    VoltageScan,
)
from hypothesis import given
from hypothesis import strategies as st

from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.exchange.unicycler import Imported, export_unicycler, import_unicycler
from protocols.plan import Plan, Segment
from protocols.program import ConstantVoltage as Hold
from protocols.program import Loop as Repeat
from protocols.reading import check, parse_protocol

CELL = Cell("S1", nominal_capacity_Ah=2e-3)
SAFETY = SafetyParams(max_voltage_V=4.5, min_voltage_V=-0.1, max_current_mA=10, min_current_mA=-10, max_capacity_mAh=5)
RECORD = RecordParams(time_s=10, voltage_V=0.005)


def written(*method: Any, **parts: Any) -> str:
    """The JSON that aurora-unicycler writes."""
    sample = SampleParams(name="S1", capacity_mAh=2.0)
    whole = {"record": RECORD, "safety": SAFETY, "sample": sample, **parts}
    return CyclingProtocol(method=list(method), **whole).to_json()


def imported(*method: Any, **parts: Any) -> Imported:
    return import_unicycler(written(*method, **parts), "long term.json")


def plan_of(text: str) -> Plan:
    return compile_protocol(parse_protocol(text, "imported.yaml"), CELL)


LONG_TERM = (
    Tag(tag="formation"),
    OpenCircuitVoltage(until_time_s=600),
    ConstantCurrent(rate_C="C/10", until_voltage_V=4.2, until_time_s=40 * 3600),
    ConstantVoltage(voltage_V=4.2, until_rate_C=0.05, until_time_s=3600),
    ConstantCurrent(rate_C="D/10", until_voltage_V=3.0),
    Loop(loop_to="formation", cycle_count=3),
    Tag(tag="longterm"),
    ConstantCurrent(current_mA=1.5, until_voltage_V=4.2),
    ConstantCurrent(current_mA=-1.5, until_voltage_V=3.0),
    Loop(loop_to="longterm", cycle_count=50),
    Loop(loop_to=7, cycle_count=2),
)


def test_a_long_term_protocol_becomes_a_file_that_people_can_read() -> None:
    text = imported(*LONG_TERM).text

    assert check(text) == []
    assert "protocol: long-term" in text
    assert '  - repeat: 3\n    label: "formation"\n    steps:\n      - rest: 10 min\n' in text
    assert "      - charge: {current: 0.1C, until: {voltage: 4.2 V, duration: 40 h}}\n" in text
    assert "      - hold: {voltage: 4.2 V, until: {current: 0.05C, duration: 1 h}}\n" in text
    assert "      - discharge: {current: 0.1C, until: {voltage: 3 V}}\n" in text
    assert "# 1C was 2 mA in unicycler; here it is the cell's nominal capacity: cellbench cell change" in text


def test_loops_within_loops_keep_their_counts() -> None:
    (segment,) = plan_of(imported(*LONG_TERM).text).items
    assert isinstance(segment, Segment)
    formation, outer = segment.program.steps
    assert isinstance(formation, Repeat)
    assert isinstance(outer, Repeat)
    (inner,) = outer.body
    assert isinstance(inner, Repeat)
    assert (formation.count, outer.count, inner.count, len(inner.body)) == (3, 2, 50, 2)


def test_there_and_back_every_step_is_the_same() -> None:
    """Import, compile, export, and aurora-unicycler reads what it wrote: C-rates as milliamperes, tags renamed."""
    cell_plan = plan_of(imported(*LONG_TERM).text)
    again = CyclingProtocol.from_dict(export_unicycler(cell_plan, "imported.yaml").content)

    def told(protocol: CyclingProtocol) -> list[dict[str, Any]]:
        return [
            {
                name: value
                for name, value in step.model_dump(exclude_none=True).items()
                if name not in {"tag", "loop_to"}
            }
            for step in protocol.method
        ]

    expected = told(CyclingProtocol.from_dict(json.loads(written(*LONG_TERM))))
    for step in expected:
        for rate, current in (("rate_C", "current_mA"), ("until_rate_C", "until_current_mA")):
            if rate in step:
                step[current] = pytest.approx(step.pop(rate) * 2.0)
    without_tags = [step for step in told(again) if step["step"] != "tag"]
    assert without_tags == [step for step in expected if step["step"] != "tag"]
    assert again.safety.max_capacity_mAh == 5


def test_sweeps_and_spectra_are_translated() -> None:
    text = imported(
        VoltageScan(start_voltage_V=0.01, end_voltage_V=1.5, scan_rate_mV_per_s=0.1),
        ImpedanceSpectroscopy(amplitude_V=0.01, start_frequency_Hz=1e5, end_frequency_Hz=0.1, measures_per_point=3),
        ImpedanceSpectroscopy(amplitude_mA=0.5, start_frequency_Hz=1e4, end_frequency_Hz=1, drift_correction=True),
    ).text

    assert "sweep: {from: 0.01 V, to: 1.5 V, scan_rate: 0.1 mV/s}" in text
    assert "potentiostatic: 10 mV peak, from: 100000 Hz, to: 0.1 Hz, per_decade: 10, average: 3}" in text
    assert (
        "galvanostatic: 0.5 mA peak, from: 10000 Hz, to: 1 Hz, per_decade: 10, average: 1, drift_correction: true}"
        in text
    )
    assert check(text) == []


def test_a_held_voltage_that_nothing_leads_to_has_its_doubts_told() -> None:
    found = imported(OpenCircuitVoltage(until_time_s=60), ConstantVoltage(voltage_V=1.5, until_time_s=3600))
    (segment,) = plan_of(found.text).items
    assert isinstance(segment, Segment)
    hold = segment.program.steps[1]
    assert isinstance(hold, Hold)
    assert (hold.direction, hold.current_max_A) == ("charge", pytest.approx(10e-3))
    assert any("does not say the largest current of this held voltage" in remark for remark in found.remarks)
    assert any("taken for a charge" in remark for remark in found.remarks)
    assert all(f"# {remark}" in found.text for remark in found.remarks)


def test_without_limits_somebody_has_to_fill_them_in() -> None:
    found = imported(OpenCircuitVoltage(until_time_s=60), safety=SafetyParams(max_voltage_V=4.5, delay_s=1))

    assert "limits: {voltage: [FILL-IN, 4.5 V], current: FILL-IN}" in found.text
    assert "unicycler says no limit where a protocol must have one: fill in FILL-IN" in found.remarks
    assert "unicycler waits 1 s before a limit acts; here it acts at once" in found.remarks
    assert len(check(found.text)) == 2


def test_one_sided_limits_are_told() -> None:
    found = imported(OpenCircuitVoltage(until_time_s=60), safety=SAFETY.model_copy(update={"min_current_mA": -5}))
    assert "the limits of current are not the same both ways; here it is 10 mA both ways" in found.remarks


CROSSING = [
    {"step": "open_circuit_voltage", "until_time_s": 1},
    {"step": "open_circuit_voltage", "until_time_s": 2},
    {"step": "open_circuit_voltage", "until_time_s": 3},
    {"step": "loop", "loop_to": 2, "cycle_count": 2},
    {"step": "open_circuit_voltage", "until_time_s": 4},
    {"step": "loop", "loop_to": 3, "cycle_count": 2},
]


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ([], "method holds no steps"),
        ([{"step": "warp"}], '"warp" is no step that is known'),
        ([{"step": "open_circuit_voltage"}], "has no until_time_s"),
        ([{"step": "open_circuit_voltage", "until_time_s": "1 h"}], '"1 h" is no number'),
        ([{"step": "open_circuit_voltage", "until_time_s": 1, "until_voltage_V": 3}], '"until_voltage_V" is unknown'),
        ([{"step": "constant_current", "current_mA": 0, "until_time_s": 5}], "has no current"),
        ([{"step": "constant_current", "rate_C": "C/0", "until_time_s": 5}], "is divided by zero"),
        ([{"step": "constant_current", "current_mA": 1, "until_voltage_V": 0}], "nothing ends the step"),
        ([{"step": "constant_voltage", "voltage_V": 1}], "nothing ends the step"),
        ([{"step": "loop", "loop_to": "x", "cycle_count": 2}], "a tag that does not stand before it"),
        ([{"step": "loop", "loop_to": 5, "cycle_count": 2}], "which does not stand before it"),
        ([{"step": "tag", "tag": "a"}, {"step": "loop", "loop_to": "a", "cycle_count": 2}], "repeats nothing"),
        (CROSSING, "the loop goes back into another loop"),
        (["rest"], "is not a step"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(method: list[Any], told: str) -> None:
    content = json.dumps({"record": {"time_s": 10}, "safety": {}, "method": method}, indent=4)
    with pytest.raises(ProtocolErrors) as refused:
        import_unicycler(content, "x.json")

    (error,) = refused.value.errors
    assert told in str(error)
    assert error.line is not None


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', b"\xff\xfe", "[" * 5000, '{"method": 1, "record": {}}'])
def test_what_is_no_unicycler_protocol_is_refused(content: str | bytes) -> None:
    with pytest.raises(ProtocolErrors, match=r"x\.json"):
        import_unicycler(content, "x.json")


@given(
    rate=st.floats(0.01, 10).map(lambda x: float(f"{x:.4g}")),
    seconds=st.integers(1, 10**6),
    volts=st.floats(0.01, 4.4).map(lambda x: float(f"{x:.6g}")),
    count=st.integers(1, 1000),
)
def test_numbers_survive(rate: float, seconds: int, volts: float, count: int) -> None:
    content = written(
        Tag(tag="t"),
        ConstantCurrent(rate_C=rate, until_voltage_V=volts, until_time_s=seconds),
        Loop(loop_to="t", cycle_count=count),
        safety=SafetyParams(max_voltage_V=5, min_voltage_V=-1, max_current_mA=50, min_current_mA=-50),
    )
    (loop,) = plan_of(import_unicycler(content, "x.json").text).items[0].program.steps  # type: ignore[union-attr]
    assert isinstance(loop, Repeat)
    step = loop.body[0]
    assert loop.count == count
    assert step.current_A == pytest.approx(rate * 2e-3)  # type: ignore[union-attr]
    assert (step.until.voltage_V, step.until.duration_s) == (pytest.approx(volts), pytest.approx(seconds))  # type: ignore[union-attr]


def test_indented_with_tabs_is_json_too(tmp_path: Path) -> None:
    content = json.dumps(json.loads(written(OpenCircuitVoltage(until_time_s=60))), indent="\t")
    assert check(import_unicycler(content, "x.json").text) == []
