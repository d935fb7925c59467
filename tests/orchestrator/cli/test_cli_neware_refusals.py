"""What a NEWARE channel cannot do, at the prompt: found by ``check`` where no cell is needed, else by plan and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocols.library import find
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.launch.bench_lab import written

HEAD = """cellbench: 1
protocol: mine
limits: {voltage: [-0.05 V, 2 V], current: 80 mA}
record: {every: 10 s}
steps:
"""
CELL = ("--active-mass", "2.75 mg", "--capacity", "3.35 mAh", "--window", "0.01 V", "1.5 V")
DEEP = "repeat: 2\n    steps: [{repeat: 2, steps: [{repeat: 2, steps: [{repeat: 2, steps: [{rest: 1 min}]}]}]}]"

ELSEWHERE = "run this protocol on a potentiostat's channel; no channel of this lab can"
REFUSED_BY_THE_BENCH = [
    ("cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: 0.1 mV/s, cycles: 3}",
     f"line 6: cyclic voltammetry: a NEWARE channel cannot sweep the voltage; {ELSEWHERE}"),
    ("sweep: {to: 0.01 V, scan_rate: 0.1 mV/s}", "line 6: sweep: a NEWARE channel cannot sweep the voltage"),
    ("impedance: {potentiostatic: 10 mV rms, from: 100 kHz, to: 0.1 Hz, per_decade: 10}",
     "line 6: potentiostatic impedance: a NEWARE channel has no frequency response analyser"),
    ("charge: {current: 60 mA, until: {voltage: 1.5 V}}", "line 6: 0.06 A is beyond the channel's 0.05 A"),
    ("rest: {for: 1 min, record: {every: 10 ms}}", "line 6: record every 0.01 s is faster than the channel's 0.1 s"),
    (DEEP, "loops deeper than 3; write the innermost loop out"),
    ("charge: {current: 5 mA, until: {voltage: 1.5 V}}\n" * 254, "255 instrument steps"),
]  # fmt: skip
REFUSED_AT_ONCE = [
    ("cyclic_voltammetry: {vertices: [0.01 V, 2.5 V], scan_rate: 0.1 mV/s, cycles: 3}", "2.5 V"),
    ("cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: 0.1 mV, cycles: 3}", "0.1 mV"),
    (
        "impedance: {potentiostatic: 10 mV rms, from: 100 kHz, to: 0.1 V, per_decade: 10}",
        "V is a voltage; write a frequency",
    ),
    ("gitt: {discharge: 1 mA, pulse: 5 min, rest: 20 min}", "until"),
]


def protocol(folder: Path, step: str) -> Path:
    path = folder / "mine.yaml"
    steps = "".join(f"  - {one}\n" for one in step.split("\n") if one) if step.count("\n") > 5 else f"  - {step}\n"
    path.write_text(HEAD + steps, encoding="utf-8")
    return path


@pytest.mark.parametrize(("step", "says"), REFUSED_BY_THE_BENCH)
def test_the_plan_for_a_bench_names_it_with_line_reason_and_remedy(
    offline: Prompt, tmp_path: Path, step: str, says: str
) -> None:
    path = protocol(tmp_path, step)
    assert offline.ok("check", path) == f"{path}: ok\n", "another channel may be able to"
    lines = offline.refused("plan", path, *CELL, "--bench", "A1")
    assert any(says in line for line in lines), lines
    assert all(line.startswith(("A1 (bts-1/27-21-1-1): ", "line ", "limits")) for line in lines)


@pytest.mark.parametrize(("step", "says"), REFUSED_BY_THE_BENCH[:4])
def test_the_run_is_refused_in_the_same_words_and_nothing_is_written(
    prompt: Prompt, tmp_path: Path, step: str, says: str
) -> None:
    before = written(prompt.lab)
    lines = prompt.refused("run", protocol(tmp_path, step), "--cell", "L1", "--bench", "A1")
    assert any(says in line for line in lines), lines
    assert written(prompt.lab) == before


@pytest.mark.parametrize(("step", "says"), REFUSED_AT_ONCE)
def test_what_no_channel_could_do_is_refused_by_check_already(
    offline: Prompt, tmp_path: Path, step: str, says: str
) -> None:
    lines = offline.refused("check", protocol(tmp_path, step))
    assert any(line.startswith("mine.yaml:6 ") and says in line for line in lines), lines


@pytest.mark.parametrize(("name", "runs"), [("gitt", True), ("cv-scan-rates", False), ("impedance", False)])
def test_the_library_on_a_neware_bench(offline: Prompt, name: str, runs: bool) -> None:
    assert find(name) is not None
    arguments = ("plan", name, *CELL, "--bench", "A1")
    if runs:
        assert "A1: the instrument and the lab's limits accept it" in offline.ok(*arguments)
    else:
        assert all("; no channel of this lab can" in line for line in offline.refused(*arguments))
