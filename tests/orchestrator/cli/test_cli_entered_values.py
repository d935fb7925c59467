"""Values measured elsewhere, entered at the prompt and from a CSV."""

from __future__ import annotations

from pathlib import Path

from tests.orchestrator.cli.conftest import Prompt


def test_values_are_entered_one_by_one_and_taken_away(prompt: Prompt) -> None:
    prompt.ok("cell", "change", "L1", "--set", "alkali_solubility_pct=4.8", "--set", "raman_shift_per_cm=15.6")
    prompt.ok("cell", "change", "L1", "--set", "alkali_solubility_pct=4.9", "--set", "raman_shift_per_cm=")

    shown = prompt.ok("cell", "show", "L1").splitlines()
    assert "  alkali_solubility_pct: 4.9" in shown
    assert "  batch: 7" in shown
    assert not any("raman" in line for line in shown)
    (line,) = prompt.refused("cell", "change", "L1", "--set", "swelling_pct=6,5")
    assert line.startswith('swelling_pct: "6,5" is no plain number; enter a number with a decimal point')


def test_a_csv_is_entered_or_refused_with_its_lines(prompt: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "exsitu.csv"
    file.write_text("cell;alkali_solubility_pct;thickness_swelling_pct\nL1;4.8;6.5\nBARE;21.7;\n", encoding="utf-8-sig")
    assert prompt.ok("cell", "import", file, "--as", "ben") == "2 cells: L1, BARE\n"
    assert "  thickness_swelling_pct: 6.5" in prompt.ok("cell", "show", "L1").splitlines()

    file.write_text("cell,alkali_solubility_pct\nL1,x\nL9,y\n")
    lines = prompt.refused("cell", "import", file)
    assert [line.split()[0] for line in lines] == ["exsitu.csv:2", "exsitu.csv:3"]
    file.write_bytes(b"cell,a_pct\nL1,\xb5\n")
    assert prompt.refused("cell", "import", file) == [f"{file}: not UTF-8 text; save it as CSV UTF-8"]
    assert "no such file" in prompt.refused("cell", "import", tmp_path / "none.csv")[0].lower()
