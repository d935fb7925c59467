"""Download rows and local times against an independent reading."""

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.neware.data_rows import format_rows, real_text
from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.local_time import local_time, local_times

reals = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(values=st.lists(st.tuples(reals, reals, reals, reals), min_size=1, max_size=20))
def test_every_number_reads_back_as_the_same_one(values: list[tuple[float, float, float, float]]) -> None:
    volt, curr, cap, eng = np.array(values).T
    number = np.arange(1, len(values) + 1)
    rows = LedgerRows(
        number, number, number, np.array(["cc"] * len(values)), number, number * 1.5, volt, curr, cap, eng
    )
    listed = fromstring(b"<list>" + format_rows(rows, ZoneInfo("UTC")) + b"</list>")
    for name, column in (("volt", volt), ("curr", curr), ("cap", cap), ("eng", eng)):
        assert [float(row.attrib[name]) for row in listed] == column.tolist()
    assert [int(row.attrib["seqid"]) for row in listed] == number.tolist()


def test_whole_numbers_have_no_point_as_recorded() -> None:
    assert [real_text(value) for value in (0.0, 3.0, -0.000295051460852847)] == ["0", "3", "-0.000295051460852847"]
    one = np.array([1])
    zero = np.zeros(1)
    rows = LedgerRows(one, one, one, np.array(["rest"]), one, zero, zero, zero, zero, zero)
    assert b'volt="0" curr="0" cap="0" eng="0" />\r\n' in format_rows(rows, ZoneInfo("UTC"))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Zurich", "UTC", "America/St_Johns"])
@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 1, 4, 23, 59, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 58, 0, tzinfo=UTC),  # clocks in Zurich jump from 02:00 to 03:00
        datetime(2026, 10, 25, 0, 58, 0, tzinfo=UTC),  # and go back
        datetime(1969, 12, 31, 23, 59, 0, tzinfo=UTC),
    ],
)
def test_many_local_times_are_each_what_the_zone_says(start: datetime, zone: str) -> None:
    unix_s = start.timestamp() + np.arange(0, 200, 0.7)
    expected = [
        datetime.fromtimestamp(np.floor(np.round(instant, 3)), UTC).astimezone(ZoneInfo(zone)).isoformat(" ")[:19]
        for instant in unix_s
    ]
    assert local_times(unix_s, ZoneInfo(zone)) == expected
    assert [local_time(instant, ZoneInfo(zone)) for instant in unix_s.tolist()] == expected


def test_no_times_at_all() -> None:
    assert local_times(np.empty(0), ZoneInfo("UTC")) == []
