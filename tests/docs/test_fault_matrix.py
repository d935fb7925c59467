"""Every fault × instrument of the matrix in docs/guarantees.md has a test that exists, or a reason why not."""

from __future__ import annotations

import re

import pytest

from tests.docs.named_tests import named_in
from tests.docs.pages import read

FAULTS = 24
INSTRUMENTS = ["NEWARE", "VSP-300", "chamber", "service, database, host"]
NEVER = "does not apply: "
_ROW = re.compile(r"^\| (\d+) \| (.+) \|$", re.MULTILINE)
_LINK = re.compile(r'\[[^\]]+\]\(\.\./(tests/[\w/]+\.py) "(\w+)"\)')
_PAGE = read("docs/guarantees.md")
_CELLS = {
    (int(number), instrument): cell
    for number, row in _ROW.findall(_PAGE)
    for instrument, cell in zip(INSTRUMENTS, row.split(" | ")[1:], strict=True)
}


def test_every_fault_has_a_row_and_every_instrument_a_column() -> None:
    assert "| # | fault | " + " | ".join(INSTRUMENTS) + " |" in _PAGE
    assert sorted({number for number, _ in _CELLS}) == list(range(1, FAULTS + 1))


@pytest.mark.parametrize("cell", _CELLS, ids=lambda cell: f"{cell[0]} {cell[1]}")
def test_a_cell_names_tests_that_exist_or_says_why_there_are_none(cell: tuple[int, str]) -> None:
    text = _CELLS[cell]
    tests = _LINK.findall(text)
    assert [f"{path}::{name}" for path, name in tests if name not in named_in(path)] == []
    if text.startswith(NEVER):
        assert len(text) > len(NEVER) + 20
        assert not tests
    else:
        assert tests
        assert _LINK.sub("", text).strip(" ,") == "", "a cell holds links to tests, and nothing else"
