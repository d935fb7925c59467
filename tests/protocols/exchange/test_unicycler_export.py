"""What we export is read by aurora-unicycler itself, and means the same there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aurora_unicycler import CyclingProtocol

from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.exchange.unicycler import export_unicycler
from protocols.plan import Plan
from protocols.reading import load_protocol, parse_protocol
from tests.protocols.binding import CELL

HEAD = """cellbench: 1
protocol: mine
limits: {voltage: [-0.05 V, 2.0 V], current: 20 mA}
record: {every: 10 s, voltage_change: 5 mV}
steps:
"""


def plan_of(steps: str) -> Plan:
    return compile_protocol(parse_protocol(HEAD + steps, "my.yaml"), CELL)


def read_by_unicycler(plan: Plan, folder: Path) -> list[dict[str, Any]]:
    file = folder / "protocol.json"
    file.write_text(json.dumps(export_unicycler(plan, "my.yaml").content), encoding="utf-8")
    protocol = CyclingProtocol.from_json(file)
    return [step.model_dump(exclude_none=True, exclude_unset=False) for step in protocol.method]


def test_the_rate_ladder_is_read_by_unicycler_with_every_current(tmp_path: Path) -> None:
    plan = compile_protocol(load_protocol("rate-ladder"), CELL)
    method = read_by_unicycler(plan, tmp_path)
    currents = [step["current_mA"] for step in method if step["step"] == "constant_current"]
    loops = [step for step in method if step["step"] == "loop"]

    assert currents[:4] == pytest.approx([-0.5506, 0.5506, -1.3765, 1.3765])
    assert (len(currents), [loop["cycle_count"] for loop in loops]) == (16, [5] * 8)
    assert loops[0]["loop_to"] == "ladder 0.2 A/g"
    assert loops[-1]["loop_to"] == "ladder 1 A/g (2)"


def test_limits_record_and_sample_are_those_of_the_plan(tmp_path: Path) -> None:
    file = tmp_path / "protocol.json"
    file.write_text(json.dumps(export_unicycler(plan_of("  - rest: 10 min"), "my.yaml").content), encoding="utf-8")
    protocol = CyclingProtocol.from_json(file)

    assert (protocol.safety.min_voltage_V, protocol.safety.max_voltage_V) == (-0.05, 2.0)
    assert (protocol.safety.min_current_mA, protocol.safety.max_current_mA) == (-20.0, 20.0)
    assert (protocol.record.time_s, protocol.record.voltage_V) == (10.0, 0.005)
    assert (protocol.sample.name, protocol.sample.capacity_mAh) == ("L1", 3.35)


def test_unicycler_writes_a_step_file_of_our_formation(tmp_path: Path) -> None:
    file = tmp_path / "protocol.json"
    exported = export_unicycler(compile_protocol(load_protocol("formation"), CELL), "formation.yaml")
    file.write_text(json.dumps(exported.content), encoding="utf-8")
    xml = CyclingProtocol.from_json(file).to_neware_xml()

    assert 'Cycle_Count Value="5' in xml
    assert exported.remarks == ("line 17: unicycler has one `record` for all steps; this one is left out",)


@pytest.mark.parametrize(
    ("steps", "method"),
    [
        (
            "  - discharge: {current: 1 mA, hold_at: 0.01 V, until: {current: 0.1 mA}}",
            [
                {"step": "constant_current", "current_mA": -1.0, "until_voltage_V": 0.01},
                {"step": "constant_voltage", "voltage_V": 0.01, "until_current_mA": -0.1},
            ],
        ),
        (
            (
                "  - charge: {current: 1 mA, until: {voltage: 1.5 V, duration: 2 h}}\n"
                "  - hold: {voltage: 1.5 V, until: {duration: 1 h}}"
            ),
            [
                {"step": "constant_current", "current_mA": 1.0, "until_voltage_V": 1.5, "until_time_s": 7200.0},
                {"step": "constant_voltage", "voltage_V": 1.5, "until_time_s": 3600.0},
            ],
        ),
        (
            "  - sweep: {from: 1.5 V, to: 0.01 V, scan_rate: 0.1 mV/s}",
            [
                {
                    "step": "voltage_scan",
                    "start_voltage_V": 1.5,
                    "end_voltage_V": 0.01,
                    "scan_rate_mV_per_s": 0.1,
                }
            ],
        ),
    ],
)
def test_steps_mean_the_same_there(steps: str, method: list[dict[str, Any]], tmp_path: Path) -> None:
    assert read_by_unicycler(plan_of(steps), tmp_path) == method


@pytest.mark.parametrize(
    ("scan", "voltages", "loops"),
    [
        ("start: 1.5 V, vertices: [0.01 V, 1.5 V], cycles: 3", [(1.5, 0.01), (0.01, 1.5)], [3]),
        (
            "start: 1 V, vertices: [0.01 V, 1.5 V], cycles: 3, end: 0.5 V",
            [(1.0, 0.01), (0.01, 1.5), (1.5, 0.01), (0.01, 1.5), (1.5, 0.5)],
            [2],
        ),
        (
            "start: 1 V, vertices: [0.01 V, 1.5 V], cycles: 2",
            [(1.0, 0.01), (0.01, 1.5), (1.5, 0.01), (0.01, 1.5)],
            [],
        ),
        ("start: 1 V, vertices: [0.01 V, 1.5 V]", [(1.0, 0.01), (0.01, 1.5)], []),
    ],
)
def test_a_voltammogram_becomes_sweeps(
    scan: str, voltages: list[tuple[float, float]], loops: list[int], tmp_path: Path
) -> None:
    method = read_by_unicycler(plan_of(f"  - cyclic_voltammetry: {{{scan}, scan_rate: 1 mV/s}}"), tmp_path)
    swept = [(one["start_voltage_V"], one["end_voltage_V"]) for one in method if one["step"] == "voltage_scan"]

    assert swept == voltages
    assert [one["cycle_count"] for one in method if one["step"] == "loop"] == loops


def test_a_spectrum_keeps_what_unicycler_can_say(tmp_path: Path) -> None:
    steps = "  - impedance: {potentiostatic: 10 mV peak, from: 100 kHz, to: 0.1 Hz, per_decade: 10, average: 3}"
    (spectrum,) = read_by_unicycler(plan_of(steps), tmp_path)
    assert (spectrum["amplitude_V"], spectrum["measures_per_point"], spectrum["points_per_decade"]) == (0.01, 3, 10)
    steps = "  - impedance: {galvanostatic: 0.1 mA peak, from: 10 kHz, to: 100 mHz, per_decade: 6, settle: 5 s}"
    exported = export_unicycler(plan_of(steps), "my.yaml")
    assert exported.content["method"][0]["amplitude_mA"] == 0.1
    assert exported.remarks == ("line 6: unicycler says neither `settle` nor `wait`; they are left out",)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - charge: {current: 1C, until: {capacity: 50 %}}", "unicycler cannot end a step by its capacity"),
        ("  - sweep: {to: 1.5 V, scan_rate: 1 mV/s}", "no voltage that is counted from open circuit"),
        ("  - gitt: {discharge: 0.1C, pulse: 10 min, rest: 1 h, until: {voltage: 0.01 V}}", "cannot leave a loop"),
        ("  - prompt: Close the lid", "unicycler cannot ask anybody"),
        (
            "  - hold: {voltage: 1.0 V, direction: charge, max_current: 1 mA, until: {duration: 1 h}}",
            "cannot say the largest current",
        ),
        (
            "  - charge: {current: 1 mA, hold_at: 1.5 V, until: {current: 0.1 mA, duration: 2 h}}",
            "its duration counts both",
        ),
        (
            "  - charge: {current: 1 mA, until: {voltage: 1.5 V}, limits: {current: 2 mA}}",
            "unicycler knows no limits of one step",
        ),
        (
            "  - impedance: {potentiostatic: 10 mV peak, at: 0.5 V, from: 1 kHz, to: 1 Hz, per_decade: 5}",
            "at open circuit alone",
        ),
        (
            (
                "  - discharge: {current: 1 mA, until: {voltage: 0.01 V}}\n"
                "  - hold: {voltage: 0.01 V, until: {duration: 1 h}}"
            ),
            "tells by the sign of a current",
        ),
        (
            (
                "  - repeat: 9\n    stop_when: {capacity_retention: {below: 80 %}}\n    steps:\n"
                "      - discharge: {current: 1 mA, until: {voltage: 0.01 V}}\n"
                "      - charge: {current: 1 mA, until: {voltage: 1.5 V}}"
            ),
            "no rule that ends a loop early",
        ),
        ("  - discharge: {current: 1 mA, until: {voltage: 0 V}}", "takes 0 V for no voltage at all"),
    ],
)
def test_what_unicycler_cannot_say_is_refused_with_its_line(steps: str, told: str) -> None:
    with pytest.raises(ProtocolErrors) as refused:
        export_unicycler(plan_of(steps), "my.yaml")

    (error,) = refused.value.errors
    assert error.line in {6, 7}
    assert told in str(error)


def test_everything_that_cannot_be_said_is_told_at_once() -> None:
    plan = compile_protocol(load_protocol("impedance-temperature"), CELL)
    with pytest.raises(ProtocolErrors) as refused:
        export_unicycler(plan, "impedance_temperature.yaml")

    told = str(refused.value)
    assert "knows no temperature" in told
    assert "no limits of temperature" in told
    assert "by its capacity" in told
