"""A curve of dots is as wide and as high as asked, and holds every extreme."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.preview.braille import braille

BLANK = "⠀"


@given(
    values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=80), width=st.integers(1, 60), height=st.integers(1, 8)
)
def test_any_course_fits(values: list[float], width: int, height: int) -> None:
    lines = braille(np.arange(float(len(values))), np.array(values), width, height)

    assert [len(line) for line in lines] == [width] * height
    assert lines[0].strip(BLANK), "the highest value lies in the first line"
    if max(values) > min(values):
        assert lines[-1].strip(BLANK), "the lowest in the last"


def test_a_ramp_rises_from_corner_to_corner() -> None:
    top, bottom = braille(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 4, 2)

    assert (top[0], top[-1] != BLANK) == (BLANK, True)
    assert (bottom[0] != BLANK, bottom[-1]) == (True, BLANK)


def test_nothing_is_drawn_of_nothing() -> None:
    assert braille(np.empty(0), np.empty(0), 3, 2) == ["   ", "   "]
