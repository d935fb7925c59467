"""Short columns are read one by one, and are what arrow would have made of them; what arrow refuses is refused."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Garbled
from drivers.neware import wall_time, wire_numbers
from drivers.neware.wall_time import local_seconds
from drivers.neware.wire_numbers import FEW, floats, integers

NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(["", " 1", "1 ", "1_0", "nan", "inf", "+1", "01", "-0", ".5", "5.", "1e999", "0x1", "１", "--1"]),
)
TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")),
    st.sampled_from(
        ["2026-02-30 00:00:00", "2026-02-29 00:00:00", "2026-01-01 24:00:00", "2026-01-01 00:00:60", "-", ""]
    ),
)


def outcome(read: object, *arguments: object) -> object:
    try:
        return read(*arguments).tolist()  # type: ignore[operator]
    except Garbled:
        return "garbled"


def by_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_numbers, "FEW", -1)
    monkeypatch.setattr(wall_time, "FEW", -1)


@given(st.lists(NUMBERS, max_size=4))
def test_numbers(texts: list[str]) -> None:
    values = pa.array(texts, pa.string())
    few = [outcome(floats, "volt", values), outcome(integers, "seqid", values)]
    with pytest.MonkeyPatch.context() as patch:
        by_arrow(patch)
        assert str(few) == str([outcome(floats, "volt", values), outcome(integers, "seqid", values)])


@given(st.lists(TIMES, max_size=4))
def test_times(texts: list[str]) -> None:
    values = pa.array(texts, pa.string())
    few = outcome(local_seconds, values)
    with pytest.MonkeyPatch.context() as patch:
        by_arrow(patch)
        assert few == outcome(local_seconds, values)


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_the_same_on_both_sides_of_the_limit(count: int) -> None:
    texts = [f"{number}.25" for number in range(count)]
    assert np.array_equal(floats("volt", pa.array(texts)), np.arange(count) + 0.25)
