"""The how-to page is executed: what it shows is what works."""

import re
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
