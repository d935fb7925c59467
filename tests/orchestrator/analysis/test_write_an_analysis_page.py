"""The how-to page is executed: what it shows is what works."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.errors import AnalysisError
from tests.orchestrator.analysis.stored_run import CELL, Step, StepKind, columns_of, cycle_row, cycles_frame

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "write-an-analysis.md"


def test_the_page_does_what_it_says() -> None:
    function_block, test_block = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(function_block, PAGE.name, "exec"), names)
    exec(compile(test_block, PAGE.name, "exec"), {})

    records = pd.DataFrame(columns_of([Step(1, 1, StepKind.CC_CHARGE), Step(2, 1, StepKind.CC_CHARGE)]))
    rows = [cycle_row(1, 1e-3, 1e-3), cycle_row(2, 1e-3, 1e-3)]
    dataset = Dataset.from_frames(cycles_frame(rows), cell=CELL, records=records)
    result = names["peak_voltage"](dataset)

    assert result.value("highest voltage").value == pytest.approx(0.3 + 1 / 7)
    assert result.table("peaks").column("cycle") == (1, 2)
    with pytest.raises(AnalysisError, match="earlier from_cycle"):
        names["peak_voltage"](dataset, from_cycle=9)


def test_the_package_of_the_page_is_built_installed_and_found(tmp_path: Path) -> None:
    """As a laboratory does it, but offline and into a folder of its own."""
    text = PAGE.read_text(encoding="utf-8")
    source, target = tmp_path / "my-lab", tmp_path / "site"
    (source / "my_lab").mkdir(parents=True)
    (source / "my_lab" / "__init__.py").write_text("")
    (source / "my_lab" / "peak_voltage.py").write_text(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0])
    (source / "pyproject.toml").write_text(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    pip = [sys.executable, "-m", "pip", "install", *offline, "--target", str(target), str(source)]
    subprocess.run(pip, check=True, capture_output=True, timeout=300)

    asked = """
from orchestrator.analysis.registry import find_analysis
found = find_analysis("peak_voltage")
found.check_options({"from_cycle": 2})
print(found.function.__module__, found.code_version)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(target), str(PAGE.parents[2])])}
    told = subprocess.run(
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True, timeout=300, env=environment
    )
    assert told.stdout.split() == ["my_lab.peak_voltage", "my-lab", "1.0"]
