from __future__ import annotations

import pytest

from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.describe import describe_plan, duration_text
from protocols.reading import parse_protocol
from tests.protocols.binding import plan_of

TEXT = """\
cellbench: 1
protocol: example
limits: {voltage: [-0.05 V, 2.0 V], current: 20 mA, capacity: 5 mAh, temperature: [15 degC, 40 degC]}
record: {every: 10 s, voltage_change: 5 mV}
steps:
  - rest: {for: 90 min, record: {every: 60 s, current_change: 1 mA}}
  - repeat: 500
    label: life
    stop_when: {capacity_retention: {below: 80 %, for_cycles: 3}}
    steps:
      - discharge: {current: 2C, until: {voltage: 0.01 V, capacity: 4 mAh}, limits: {current: 10 mA}}
      - charge: {current: 2C, hold_at: 1.5 V, until: {current: 0.1C, duration: 2 h}}
      - hold: {voltage: 1.5 V, until: {duration: 30 s}}
      - hold: {voltage: 0.5 V, direction: discharge, max_current: 1 mA, until: {duration: 30 s}}
"""


def test_every_absolute_set_point_stands_in_a_row() -> None:
    plan = compile_protocol(parse_protocol(TEXT), Cell("L1", nominal_capacity_Ah=3.35e-3))
    (segment,) = describe_plan(plan)
    assert segment.number == 1
    assert segment.limits == "-0.05 V to 2 V, 20 mA, 5 mAh, 15 degC to 40 degC"
    assert segment.record == "every 10 s, 5 mV"
    assert segment.estimate == plan.estimate
    rows = [(row.line, row.depth, row.what, row.current_mA, row.voltage_V, row.until) for row in segment.rows]
    assert rows == [
        (6, 0, "rest", None, None, "1 h 30 min"),
        (7, 0, "repeat 500x", None, None, "capacity below 0.8 of cycle 1 for 3 cycles"),
        (11, 1, "discharge", pytest.approx(-6.7), None, "0.01 V or 4 mAh"),
        (12, 1, "charge and hold", pytest.approx(6.7), 1.5, "0.335 mA or 2 h"),
        (13, 1, "hold (charge)", pytest.approx(6.7), 1.5, "30 s"),
        (14, 1, "hold (discharge)", pytest.approx(-1.0), 0.5, "30 s"),
    ]
    assert segment.rows[0].record == "every 1 min, 1 mA"
    assert segment.rows[2].limits == "-0.05 V to 2 V, 10 mA, 5 mAh, 15 degC to 40 degC"
    assert {row.label for row in segment.rows[1:]} == {"life"}


SWEEPS = """\
- cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: 0.1 mV/s, cycles: 3, end: 1 V}
- sweep: {from: 10 mV vs open circuit, to: 1.5 V, scan_rate: 2 V/s, record: {every: 1 ms}}
- impedance: {potentiostatic: 7 mV rms, from: 100 kHz, to: 0.1 Hz, per_decade: 10, average: 3, settle: 10 s}
- impedance: {galvanostatic: 0.1 mA peak, around: 1 mA discharge, from: 1 MHz, to: 100 mHz, per_decade: 6}
- gitt: {discharge: 0.1C, pulse: 10 min, rest: 1 h, until: {voltage: 0.01 V}}
"""


def test_sweeps_spectra_and_titrations_are_a_clear_line_each() -> None:
    (segment,) = describe_plan(plan_of(SWEEPS))
    assert [(row.line, row.depth, row.what, row.until) for row in segment.rows] == [
        (8, 0, "cyclic voltammetry 3x", "from open circuit to 0.01 V, 1.5 V at 0.1 mV/s, then to 1 V"),
        (9, 0, "sweep", "from 10 mV vs open circuit to 1.5 V at 2 V/s"),
        (
            10,
            0,
            "impedance",
            "9.899 mV peak at open circuit, after 10 s there, 100 kHz to 0.1 Hz, 61 points, average of 3",
        ),
        (11, 0, "impedance", "0.1 mA peak around -1 mA, 1 MHz to 0.1 Hz, 43 points"),
        (12, 0, "repeat up to 120x", "0.01 V reached in a pulse"),
        (12, 1, "discharge", "0.01 V or 10 min"),
        (12, 1, "rest", "1 h"),
    ]


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (0.5, "0.5 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599.6, "1 h"),
        (5400, "1 h 30 min"),
        (198000, "2 d 7 h"),
        (86460, "1 d"),
    ],
)
def test_durations_are_said_in_at_most_two_units(duration_s: float, text: str) -> None:
    assert duration_text(duration_s) == text
