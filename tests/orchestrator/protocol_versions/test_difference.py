"""Two texts side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.protocol_versions.difference import LINES_MAX, TooLong, differences

TEXTS = st.lists(st.sampled_from(["a", "b", "c: 1", "c: 2", ""]), max_size=30).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


def _sides(old: str, new: str) -> tuple[list[str], list[str]]:
    """Both texts, put together again from the rows; what a gap leaves out is taken from the old one."""
    lines = old.splitlines()
    before, after = list[str](), list[str]()
    for row in differences(old, new):
        if row.kind == "gap":
            same = lines[len(before) : len(before) + row.left_out]
            before += same
            after += same
            continue
        if row.old_line is not None:
            before.append("".join(part.text for part in row.old))
            assert row.old_line == len(before)
        if row.new_line is not None:
            after.append("".join(part.text for part in row.new))
            assert row.new_line == len(after)
    return before, after


@given(TEXTS, TEXTS)
def test_nothing_is_lost_of_either_side(old: str, new: str) -> None:
    assert _sides(old, new) == (([], []) if old == new else (old.splitlines(), new.splitlines()))


def test_a_changed_line_is_marked_where_it_differs() -> None:
    rows = differences("rate: 0.1 A/g\nrest\n", "rate: 0.2 A/g\nrest\n")

    assert [row.kind for row in rows] == ["changed", "same"]
    assert [part.text for part in rows[0].old if part.marked] == ["1"]
    assert [part.text for part in rows[0].new if part.marked] == ["2"]


def test_what_is_the_same_far_away_is_left_out() -> None:
    old = "".join(f"line {n}\n" for n in range(100))
    rows = differences(old, old.replace("line 50\n", "line fifty\n"))

    assert [(row.kind, row.left_out) for row in rows if row.kind == "gap"] == [("gap", 47), ("gap", 46)]


def test_a_book_is_not_compared() -> None:
    with pytest.raises(TooLong, match="4000 lines"):
        differences("a\n" * (LINES_MAX + 1), "b\n")
