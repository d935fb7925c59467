"""From rows to columns: counting steps, clocks, gaps and doubles."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts import RECORD_COLUMNS, Columns, StepKind
from drivers.errors import Garbled
from drivers.neware.cursor import Position
from drivers.neware.download_rows import rows_from_bytes
from drivers.neware.records import join, record_columns, sequence
from drivers.neware.wall_time import local_seconds, unix_times_s
from drivers.neware.wire_numbers import floats, integers
from tests.drivers.neware.replies import Row

ZURICH = ZoneInfo("Europe/Zurich")
START = datetime(2025, 12, 28, 21, 0, tzinfo=UTC)


def columns_of(rows: list[Row], position: Position | None = None) -> tuple[Columns, Position]:
    position = position or Position()
    parsed = rows_from_bytes("".join(row.xml() for row in rows).encode())
    assert parsed is not None
    return record_columns(parsed, sequence(parsed, position.next_seq), position, ZURICH, "T1")


def atime(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).astimezone(ZURICH).strftime("%Y-%m-%d %H:%M:%S")


STEPS = [  # seq, cycleid, stepid, kind, testtime ms, since the start of the test s
    (1, 0, 1, "rest", 0, 0.0),
    (2, 0, 1, "rest", 10_000, 10.0),
    (3, 0, 2, "dc", 0, 10.0),
    (4, 0, 2, "dc", 5_300, 15.3),
    (5, 1, 2, "dc", 100, 15.4),
    (6, 1, 2, "dc", 200, 15.5),
    (7, 1, 2, "dc", 100, 15.6),  # one step alone in a loop whose counter stands still: time goes back
    (8, 1, 4, "cv", 700, 16.3),
]
ROWS = [
    Row(seq, stepid=step, cycleid=cycle, steptype=kind, testtime=ms, atime=atime(at))
    for seq, cycle, step, kind, ms, at in STEPS
]


def test_units_counters_and_kinds() -> None:
    columns, _ = columns_of(ROWS)
    assert list(columns) == list(RECORD_COLUMNS)
    assert {name: str(column.dtype) for name, column in columns.items()} == dict(RECORD_COLUMNS)
    assert columns["seq"].tolist() == [row[0] for row in STEPS]
    assert columns["cycle"].tolist() == [row[1] + 1 for row in STEPS], "downloads count from 0, step layers from 1"
    assert columns["step"].tolist() == [row[2] for row in STEPS]
    kinds = [StepKind.REST] * 2 + [StepKind.CC_DISCHARGE] * 5 + [StepKind.CV_CHARGE]
    assert columns["step_kind"].tolist() == kinds
    assert columns["test_time_s"] == pytest.approx([row[5] for row in STEPS], abs=1e-9)
    assert columns["step_time_s"].tolist() == [row[4] / 1000 for row in STEPS]
    assert columns["voltage_V"][0] == 3.6780698299408
    assert columns["current_A"][0] == -0.000295051460852847
    assert columns["step_capacity_Ah"][0] == 0.00295628436449786
    assert columns["step_energy_Wh"][0] == 0.0135611368830335
    assert np.isnan(columns["temperature_degC"]).all()


@given(st.lists(st.integers(0, len(ROWS)), max_size=6))
def test_it_does_not_matter_in_which_pieces_a_test_is_read(cuts: list[int]) -> None:
    whole, end = columns_of(ROWS)
    position, parts = Position(), []
    edges = [0, *sorted(set(cuts) - {0, len(ROWS)}), len(ROWS)]
    for a, b in itertools.pairwise(edges):
        part, position = columns_of(ROWS[a:b], Position.read(position.text() if parts else ""))
        parts.append(part)
    joined = join(parts)
    assert position == end
    for name in RECORD_COLUMNS:
        np.testing.assert_array_equal(joined[name], whole[name])


def test_unix_time_is_as_fine_as_the_instruments_counter() -> None:
    rows = [Row(n + 1, testtime=n * 300, atime=atime(n * 0.3 + 0.4)) for n in range(50)]
    columns, _ = columns_of(rows)
    assert columns["unix_time_s"] == pytest.approx(START.timestamp() + np.arange(50) * 0.3)


def test_after_a_pause_the_wall_clock_is_ahead_and_the_test_time_is_not() -> None:
    times = [(0, 0), (10_000, 10), (20_000, 3620), (30_000, 3630)]
    columns, _ = columns_of([Row(n + 1, testtime=ms, atime=atime(at)) for n, (ms, at) in enumerate(times)])
    assert columns["test_time_s"].tolist() == [0, 10, 20, 30]
    assert (columns["unix_time_s"] - START.timestamp()).tolist() == [0, 10, 3620, 3630]


def test_the_hour_that_comes_twice_is_resolved_by_continuity() -> None:
    """In Zurich 2025-10-26 02:00 to 03:00 comes twice; three hours, unambiguous at their start."""
    begin = datetime(2025, 10, 25, 23, 30, tzinfo=UTC).timestamp()
    seconds = np.arange(19) * 600.0
    told = [datetime.fromtimestamp(begin + s, ZURICH).strftime("%Y-%m-%d %H:%M:%S") for s in seconds]
    assert len(set(told)) < len(told)
    local = local_seconds(pa.array(told))
    unix, anchor = unix_times_s(local, seconds, ZURICH, None)
    assert unix.tolist() == (begin + seconds).tolist()
    assert anchor == begin
    half, anchor = unix_times_s(local[:8], seconds[:8], ZURICH, None)
    rest, _ = unix_times_s(local[8:], seconds[8:], ZURICH, anchor)
    assert [*half, *rest] == unix.tolist()


@given(st.integers(1_600_000_000, 1_900_000_000), st.sampled_from(["Asia/Shanghai", "America/St_Johns", "UTC"]))
def test_unix_time_comes_back_from_local_time(unix_s: int, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    local = datetime.fromtimestamp(unix_s, zone)
    unix, _ = unix_times_s(
        local_seconds(pa.array([local.strftime("%Y-%m-%d %H:%M:%S")])), np.zeros(1), zone, unix_s + 1.0
    )
    assert unix[0] == pytest.approx(unix_s, abs=1.5)


def taken(seqs: list[int], next_seq: int) -> tuple[list[int], int, int]:
    rows = rows_from_bytes("".join(Row(n).xml() for n in seqs).encode())
    assert rows is not None
    found = sequence(rows, next_seq)
    return found.seq.tolist(), found.missing, found.duplicates


def test_sequence_numbers_are_continuous_each_row_once() -> None:
    assert taken([5, 6, 7], 5) == ([5, 6, 7], 0, 0)
    assert taken([4, 5, 5, 6], 5) == ([5, 6], 0, 2)
    assert taken([6, 5, 7], 5) == ([5, 6, 7], 0, 0)
    assert taken([5, 6, 9], 5) == ([5, 6], 0, 0), "what is behind a gap is read again from the gap on"
    assert taken([8, 9], 5) == ([8, 9], 3, 0)
    assert taken([1, 2], 5) == ([], 0, 2)


def test_doubled_rows_keep_the_columns_in_step() -> None:
    columns, position = columns_of([ROWS[0], ROWS[1], ROWS[1], ROWS[2]])
    assert columns["seq"].tolist() == [1, 2, 3]
    assert columns["step_time_s"].tolist() == [0, 10, 0]
    assert columns["step_kind"].tolist() == [1, 1, 3]
    assert position.next_seq == 4


def test_a_temperature_sensor_that_gives_no_number_is_nan_and_not_an_old_value() -> None:
    aux = (' T1="24.9"', ' T1="-1.#IND"', ' T1="nan(ind)"')
    columns, _ = columns_of([Row(n + 1, aux=text) for n, text in enumerate(aux)])
    assert columns["temperature_degC"][0] == 24.9
    assert np.isnan(columns["temperature_degC"][1:]).all()


@pytest.mark.parametrize(
    "row",
    [
        Row(1, volt="3,67"),
        Row(1, volt="1_0"),
        Row(1, volt="inf"),
        Row(1, curr=""),
        Row(1, atime="28.12.2025"),
        Row(1, atime="9999999-01-01 00:00:00"),
    ],
)
def test_what_is_no_number_or_time_is_garbled(row: Row) -> None:
    with pytest.raises(Garbled):
        columns_of([row])


def test_a_step_time_that_is_no_number_is_garbled() -> None:
    rows = rows_from_bytes(Row(1).xml().replace('testtime="0"', 'testtime="nan"').encode())
    assert rows is not None
    with pytest.raises(Garbled, match="testtime"):
        record_columns(rows, sequence(rows, 1), Position(), ZURICH, "T1")


@pytest.mark.parametrize("text", ["1.0", "", "1_0", "99999999999999999999", "x"])
def test_integers_are_integers(text: str) -> None:
    with pytest.raises(Garbled):
        integers("stepid", pa.array([text]))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_are_exact(values: list[float]) -> None:
    assert floats("volt", pa.array([repr(value) for value in values])).tolist() == values


@given(
    st.builds(
        Position,
        next_seq=st.integers(1, 2**53),
        done_ms=st.floats(0, 1e15),
        testtime_ms=st.floats(0, 1e15),
        anchor_s=st.none() | st.floats(-1e10, 1e10),
    )
)
def test_a_cursor_reads_back_exactly(position: Position) -> None:
    assert Position.read(position.text()) == position


@pytest.mark.parametrize("cursor", ["x", "[]", "{}x", '{"next_seq": 0}', '{"offset": 3}', '{"next_seq": "a"}', "7"])
def test_a_cursor_of_somebody_else_is_garbled(cursor: str) -> None:
    with pytest.raises(Garbled, match="cursor"):
        Position.read(cursor)
