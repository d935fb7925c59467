# ruff: noqa: E501 - a table is read by its columns
from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.cell import Cell
from protocols.errors import ProtocolErrors
from protocols.estimate import estimate_program
from protocols.program import Limits, Origin, Program, Record, VoltagePoint, VoltageScan
from protocols.reading import check
from tests.protocols.binding import HEAD, plan_of, steps_of

OPEN_CIRCUIT = VoltagePoint(0.0, "open_circuit")
LOW, HIGH = VoltagePoint(0.01), VoltagePoint(1.5)


def test_a_voltammogram_begins_at_open_circuit_and_turns_at_its_vertices() -> None:
    (scan,) = steps_of(
        "- cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: $rate, cycles: 3}\n  label: cv $rate"
    )
    assert scan == VoltageScan(
        OPEN_CIRCUIT, (LOW, HIGH), pytest.approx(1e-4, rel=1e-14), Origin(8, "steps[0]", "cv 0.1 mV/s"), cycles=3
    )


def test_start_end_record_and_limits_may_be_stated() -> None:
    (scan,) = steps_of(
        "- cyclic_voltammetry: {start: 1 V, vertices: [0.01 V, 1.5 V], scan_rate: 360 mV/h, end: open circuit, "
        "record: {every: 1 s}, limits: {voltage: [0 V, 1.6 V]}}"
    )
    assert scan == VoltageScan(
        VoltagePoint(1.0),
        (LOW, HIGH),
        pytest.approx(1e-4),
        Origin(8, "steps[0]"),
        end=OPEN_CIRCUIT,
        record=Record(1.0),
        limits=Limits(0.0, 1.6, 0.02, None, -5.0, 60.0),
    )


LEVELS = [
    ("0.5 V", VoltagePoint(0.5)),
    ("50 mV", VoltagePoint(0.05)),
    ("open circuit", OPEN_CIRCUIT),
    ("Open  Circuit", OPEN_CIRCUIT),
    ("$begin", OPEN_CIRCUIT),
    ("50 mV vs open circuit", VoltagePoint(0.05, "open_circuit")),
    ("\N{MINUS SIGN}50 mV vs. open circuit", VoltagePoint(-0.05, "open_circuit")),
]


@pytest.mark.parametrize(("written", "point"), LEVELS)
def test_a_voltage_is_absolute_or_against_open_circuit(written: str, point: VoltagePoint) -> None:
    (scan,) = steps_of(f"- sweep: {{from: {written}, to: 1.5 V, scan_rate: 1 mV/s}}")
    assert isinstance(scan, VoltageScan)
    assert (scan.start, scan.turns) == (point, (HIGH,))


def test_a_list_of_rates_becomes_one_scan_each_in_one_segment() -> None:
    steps = "- for_each: {v: $rates}\n  steps:\n  - cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: $v}"
    scans = [step for step in steps_of(steps) if isinstance(step, VoltageScan)]
    assert [scan.scan_rate_V_per_s for scan in scans] == pytest.approx([1e-4, 2e-4])


CV = "- cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], "
SWEEP = "- sweep: {scan_rate: 1 mV/s, "
MISTAKES = [
    (CV + "scan_rate: 0 mV/s}", "cyclic_voltammetry.scan_rate", "is zero", "above zero"),
    (CV + "scan_rate: 0.1 mV}", "cyclic_voltammetry.scan_rate", "mV is a voltage", "0.1 mV/s"),
    (CV + "scan_rate: 0,1 mV/s}", "cyclic_voltammetry.scan_rate", "decimal comma", "write 0.1 mV/s"),
    (CV + "scan_rate: 1 mV/s, cycles: 20000}", "cyclic_voltammetry.cycles", "20000 cycles are more", "up to 10000"),
    (CV + "scan_rate: 1 mV/s, cycles: 0}", "cyclic_voltammetry.cycles", "0 is not possible", "from 1"),
    (CV + "scan_rate: 1 mV/s, start: 0.01 V}", "cyclic_voltammetry.start", "no length", "the other vertex first"),
    (CV + "scan_rate: 1 mV/s, end: 1.5 V}", "cyclic_voltammetry.end", "ends already", "leave out end"),
    (CV + "scan_rate: 1 mV/s, end: 2.5 V}", "cyclic_voltammetry.end", "is outside limits.voltage [-0.05 V, 2 V]", "from -0.05 V to 2 V"),
    (CV + "scan_rate: 100 V/s, record: {every: 1 s}}", "cyclic_voltammetry.scan_rate", "1.49 V in 0.0149 s, which record follows with", "a voltage_change of 7.5 mV"),
    ("- cyclic_voltammetry: {vertices: [1 V, 1000 mV], scan_rate: 1 mV/s}", "cyclic_voltammetry.vertices[1]", "same voltage", "two voltages"),
    ("- cyclic_voltammetry: {vertices: [1 V], scan_rate: 1 mV/s}", "cyclic_voltammetry.vertices", "not a first and a second", "[0.01 V, 1.5 V]"),
    ("- cyclic_voltammetry: {vertices: [1 V, 2 V, 1 V], scan_rate: 1 mV/s}", "cyclic_voltammetry.vertices", "not a first and a second", "[0.01 V, 1.5 V]"),
    ("- cyclic_voltammetry: {scan_rate: 1 mV/s}", "cyclic_voltammetry", "has no vertices", "add vertices: [0.01 V"),
    (SWEEP + "to: 1.8 V}", "sweep.to", '"1.8 V" is outside the cell\'s window [0.01 V, 1.5 V]', "from 0.01 V to 1.5 V"),
    (SWEEP + "to: 2.1 V}", "sweep.to", '"2.1 V" is outside limits.voltage', "from -0.05 V to 2 V"),
    (SWEEP + "to: 1.9 V vs open circuit}", "sweep.to", "outside the cell's window", "smaller difference"),
    (SWEEP + "to: open circuit}", "sweep.to", "ends where it begins", "another voltage"),
    (SWEEP + "from: 1 V, to: 1 V}", "sweep.to", "ends where it begins", "another voltage"),
    (SWEEP + "to: OCV}", "sweep.to", '"OCV" is no voltage', "write open circuit"),
    (SWEEP + "to: 50 mV vs Eoc}", "sweep.to", '"Eoc" is nothing', "write 50 mV vs open circuit"),
    (SWEEP + "to: 50 mV vs Ref}", "sweep.to", '"Ref" is nothing', "or 50 mV alone"),
    (SWEEP + "to: 1 V, rate: 1}", "sweep.rate", "is unknown", "did you mean scan_rate?"),
    ("- sweep: {to: 1 V}", "sweep", "has no scan_rate", "add scan_rate: 0.1 mV/s"),
    ("- cv: {vertices: [1 V, 0 V], scan_rate: 1 mV/s}", "steps[1]", '"cv" is no step', "cyclic_voltammetry"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "key", "message", "remedy"), MISTAKES)
def test_a_mistake_is_told_with_line_key_and_remedy(steps: str, key: str, message: str, remedy: str) -> None:
    errors = check(HEAD + "- rest: 1 s\n" + steps, "my.yaml")
    assert [(e.line, e.key) for e in errors] == [(9, key)], "\n".join(map(str, errors))
    assert message in errors[0].message
    assert remedy in errors[0].remedy


def test_a_fast_scan_is_followed_by_its_own_record() -> None:
    (scan,) = steps_of(CV + "scan_rate: 100 V/s, record: {every: 0.1 ms}}")
    assert isinstance(scan, VoltageScan)
    assert scan.record == Record(pytest.approx(1e-4))


def test_a_scan_cannot_tell_a_hold_its_direction() -> None:
    with pytest.raises(ProtocolErrors, match="hold: no charge or discharge stands directly before"):
        plan_of(SWEEP + "to: 1 V}\n- hold: {voltage: 1 V, until: {duration: 1 h}}")


def test_how_long_a_scan_takes_needs_no_capacity() -> None:
    unknown = Cell("L1", window_min_V=0.01, window_max_V=1.5)
    assert plan_of(CV + "scan_rate: 1 mV/s}", unknown).warnings == ()


VOLTAGE = st.integers(-5, 200).map(lambda hundredths: hundredths / 100)


@given(st.lists(VOLTAGE, min_size=3, max_size=3), st.none() | VOLTAGE, st.integers(1, 50), st.floats(1e-5, 1e-1))
def test_a_scan_takes_its_whole_way_over_the_rate(
    path: list[float], end_V: float | None, cycles: int, rate: float
) -> None:
    start, first, second = (VoltagePoint(voltage_V) for voltage_V in path)
    end = None if end_V is None else VoltagePoint(end_V)
    scan = VoltageScan(start, (first, second), rate, Origin(1, "steps[0]"), cycles, end)
    got = estimate_program(Program((scan,), Limits(-0.05, 2.0, 0.02), Record(10.0)), 3.35e-3)
    way_V = [*path, *path[1:] * (cycles - 1), *([] if end_V is None else [end_V])]
    expected_s = math.fsum(abs(b - a) for a, b in pairwise(way_V)) / rate
    assert got.duration_s == pytest.approx(expected_s, rel=1e-9, abs=1e-9)
    assert got.cycles == cycles


def test_open_circuit_is_taken_as_far_away() -> None:
    down = plan_of(CV + "scan_rate: 1 mV/s, cycles: 2}").estimate
    assert down.duration_s == pytest.approx(4 * 1490)
    assert down.records == pytest.approx(4 * (2 + 149 + 298), abs=4)


def test_a_sweep_is_no_cycle_unless_it_is_all_there_is() -> None:
    pair = "steps: [sweep: {to: 1.5 V, scan_rate: 1 mV/s}, sweep: {to: 0.01 V, scan_rate: 1 mV/s}]"
    assert plan_of(f"- repeat: 7\n  {pair}").estimate.cycles == 7
    assert plan_of(f"- repeat: 7\n  steps: [{CV[2:]}scan_rate: 1 mV/s, cycles: 3}}]").estimate.cycles == 21
    assert plan_of("- sweep: {to: 1.5 V, scan_rate: 1 mV/s}").estimate.cycles == 1
