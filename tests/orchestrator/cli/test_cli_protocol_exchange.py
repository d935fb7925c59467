"""Unicycler JSON at the prompt: translated, remarked, refused."""

from __future__ import annotations

import json
from pathlib import Path

from tests.orchestrator.cli.conftest import Prompt

UNICYCLER = {
    "unicycler": {"version": "0.4.6"},
    "sample": {"name": "S1", "capacity_mAh": 3.35},
    "record": {"time_s": 10},
    "safety": {"max_voltage_V": 2.0, "min_voltage_V": -0.05, "max_current_mA": 20, "min_current_mA": -20},
    "method": [
        {"step": "tag", "tag": "cycling"},
        {"step": "constant_current", "rate_C": "D/2", "until_voltage_V": 0.01},
        {"step": "constant_current", "rate_C": "C/2", "until_voltage_V": 1.5},
        {"step": "loop", "loop_to": "cycling", "cycle_count": 20},
    ],
}


def test_unicycler_becomes_a_file_that_can_be_checked_and_planned(offline: Prompt, tmp_path: Path) -> None:
    source, made = tmp_path / "aging.json", tmp_path / "aging.yaml"
    source.write_text(json.dumps(UNICYCLER), encoding="utf-8")
    result = offline("protocol", "import", source, "-o", made)

    assert (result.exit_code, result.stdout) == (0, f"{made}\n")
    assert result.stderr.startswith("1C was 3.35 mA in unicycler; here it is the cell's nominal capacity")
    assert offline.ok("check", made) == f"{made}: ok\n"
    assert "-1.675 mA" in offline.ok("plan", made, "--capacity", "3.35 mAh")
    assert offline.ok("protocol", "import", source) == made.read_text(encoding="utf-8")


def test_what_is_left_to_do_is_told(offline: Prompt, tmp_path: Path) -> None:
    source = tmp_path / "aging.json"
    source.write_text(json.dumps(UNICYCLER | {"safety": {}}), encoding="utf-8")
    result = offline("protocol", "import", source)

    assert result.exit_code == 0
    assert "limits: {voltage: [FILL-IN, FILL-IN], current: FILL-IN}" in result.stdout
    assert any(line.startswith("to be put right: protocol:") for line in result.stderr.splitlines())
    source.write_text("{}", encoding="utf-8")
    assert offline.refused("protocol", "import", source)[0].startswith("aging.json")


def test_a_protocol_of_the_library_is_exported_for_a_cell_of_the_lab(offline: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "ladder.json"
    assert offline.ok("protocol", "export", "rate-ladder", "--cell", "L1", "-o", file) == f"{file}\n"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["sample"] == {"name": "L1", "capacity_mAh": 3.35}
    assert content["method"][2]["current_mA"] == -0.55

    lines = offline.refused("protocol", "export", "cycling-2c-500", "--cell", "L1")
    assert lines == [
        "cycling_2c_500.yaml:19 steps[1]: unicycler knows no rule that ends a loop early; leave out stop_when"
    ]
