from __future__ import annotations

from pathlib import Path

from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.export.voltammetry_run import store_voltammetry


def test_a_run_is_shown_with_its_spectra(prompt: Prompt) -> None:
    assert prompt.engine is not None
    run_id = store_voltammetry(prompt.engine)

    lines = prompt.ok("show", run_id).splitlines()

    at = lines.index("impedance spectra (2 of 2)")
    assert lines[at + 1].startswith("  1  cycle 3  37 points from 100000 Hz to 100 mHz  at 400")
    assert "10.0 degC" in lines[at + 1]
    assert 'spectrum, "nan" at 25 degC' in lines[at + 2]


def test_a_run_without_spectra_has_no_such_section(prompt: Prompt) -> None:
    prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")

    assert "spectra" not in prompt.ok("show", 1)


def test_spectra_and_ec_lab_text_are_written_where_one_asks(prompt: Prompt, tmp_path: Path) -> None:
    assert prompt.engine is not None
    run_id = store_voltammetry(prompt.engine)

    for kind, ends in (("spectra", ["001.csv", "002.csv", "001.spectra.csv"]), ("mpt", ["001.mpt", "002.mpt", ".mpt"])):
        files = prompt.ok("export", run_id, "-o", tmp_path / kind, "--format", kind).splitlines()
        assert all(file.endswith(end) for file, end in zip(files, ends, strict=True))
        assert all(Path(file).stat().st_size > 0 for file in files)
