import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.export.file_name import export_stem


@pytest.mark.parametrize(
    ("cell", "stem"),
    [
        ("L1", "cellbench__L1__20260105_017"),
        ("251203_1", "cellbench__251203-1__20260105_017"),
        ("../../etc/passwd", "cellbench__etc-passwd__20260105_017"),
        ("电池", "cellbench__cell__20260105_017"),
    ],
)
def test_names_are_those_of_the_format(cell: str, stem: str) -> None:
    assert export_stem(cell, 1_767_571_200.0, 17) == stem


@given(st.text(max_size=300), st.floats(0, 4e9), st.integers(1, 10**6))
def test_any_barcode_gives_a_safe_name(cell: str, unix_s: float, run_id: int) -> None:
    assert re.fullmatch(r"cellbench__[A-Za-z0-9-]{1,80}__\d{8}_\d{3,}", export_stem(cell, unix_s, run_id))
