"""Rows by time and by change against the plain definition, tick by tick."""

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.biologic.record_ticks import LastRow, RecordRule, record_ticks


def told(rule: RecordRule, slope: float, bend: float, end: int) -> list[int]:
    def quantity(ticks: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return slope * ticks + bend * np.sqrt(ticks)

    return [int(tick) for block in record_ticks(rule, quantity, end) for tick in block]


def plain(rule: RecordRule, slope: float, bend: float, end: int) -> list[int]:
    rows, last, value = [], 0, 0.0
    for tick in range(1, end + 1):
        now = slope * tick + bend * math.sqrt(tick)
        late = rule.interval is not None and tick - last >= rule.interval
        moved = rule.change is not None and abs(now - value) >= rule.change * (1 - 1e-9)
        if late or moved:
            rows.append(tick)
            last, value = tick, now
    return rows


@given(
    st.one_of(st.none(), st.integers(1, 500)),
    st.one_of(st.none(), st.floats(0.5, 100)),
    st.floats(0.01, 1),
    st.floats(0, 5),
    st.integers(1, 2000),
)
def test_rows_come_when_time_or_change_is_enough(
    interval: int | None, change: float | None, slope: float, bend: float, end: int
) -> None:
    rule = RecordRule(interval, change)
    ours, theirs = told(rule, slope, bend, end), plain(rule, slope, bend, end)
    assert ours == sorted(set(ours))
    assert not ours or (ours[0] >= 1 and ours[-1] <= end)
    if change is None:
        assert ours == theirs
    else:  # a change is counted from where it was reached, not from the whole tick after it
        assert abs(len(ours) - len(theirs)) <= 2 + len(theirs) * (0.02 + 2 * (slope + bend) / change)
    if interval is not None:
        assert all(b - a <= interval for a, b in itertools.pairwise([0, *ours]))


def test_what_does_not_change_gives_no_rows_and_comes_to_an_end() -> None:
    assert told(RecordRule(None, 1.0), 0.0, 0.0, 10**12) == []
    assert list(record_ticks(RecordRule(None, 1.0), np.zeros_like, math.inf)) == []
    assert told(RecordRule(None, None), 1.0, 0.0, 1000) == []


def test_a_slow_change_is_found_far_out() -> None:
    rows = told(RecordRule(None, 1.0), 1e-6, 0.0, 10_500_000)
    assert rows == [n * 1_000_000 for n in range(1, 11)]


@given(
    st.one_of(st.none(), st.integers(1, 500)),
    st.one_of(st.none(), st.floats(0.5, 100)),
    st.floats(0.01, 1),
    st.integers(2, 2000),
    st.data(),
)
def test_rows_go_on_after_a_cut_as_if_there_were_none(
    interval: int | None, change: float | None, slope: float, end: int, data: st.DataObject
) -> None:
    rule, cut = RecordRule(interval, change), data.draw(st.integers(1, end - 1))
    whole = told(rule, slope, 0.0, end)
    before = [tick for tick in whole if tick <= cut]
    last = before[-1] if before else 0

    def from_the_cut(ticks: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return slope * (ticks + cut)

    rest = record_ticks(rule, from_the_cut, end - cut, LastRow(last - cut, slope * last))
    after = [cut + int(tick) for block in rest for tick in block]
    assert len(before + after) == pytest.approx(len(whole), abs=1)
    for one, other in zip(before + after, whole, strict=False):
        assert abs(one - other) <= (1 if change else 0)
