import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.result import AnalysisResult, Column, RunUsed, Table, Value

finite = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers() | finite | st.text(max_size=5)
values = st.builds(
    Value,
    name=st.text(max_size=9),
    value=st.none() | finite,
    unit=st.text(max_size=3),
    uncertainty=st.none() | finite,
    note=st.none() | st.text(max_size=9),
)
tables = st.lists(scalars, min_size=2, max_size=2).map(
    lambda row: Table("t", (Column("a", "V"), Column("b")), (tuple(row),))
)
ranges = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=2).map(tuple)
results = st.builds(
    AnalysisResult,
    values=st.lists(values, max_size=3).map(tuple),
    tables=st.lists(tables, max_size=2).map(tuple),
    warnings=st.lists(st.text(max_size=9), max_size=2).map(tuple),
    provenance=st.lists(st.builds(RunUsed, st.integers(0, 9), ranges, ranges), max_size=2).map(tuple),
)


@given(results)
def test_json_gives_back_the_very_same_result(result: AnalysisResult) -> None:
    text = json.dumps(result.to_json(), allow_nan=False)
    back = AnalysisResult.from_json(json.loads(text))

    assert back == result
    assert [type(entry) for table in back.tables for row in table.rows for entry in row] == [
        type(entry) for table in result.tables for row in table.rows for entry in row
    ]


@pytest.mark.parametrize("stored", [{"version": 2}, {}, {"version": 1, "values": [{"name": "x"}]}])
def test_another_version_or_shape_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(AnalysisError, match=r"version|not an analysis result"):
        AnalysisResult.from_json(stored)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_no_number_is_refused_where_it_is_made(number: float) -> None:
    with pytest.raises(ValueError, match="use None and say why"):
        Value("x", number, "V")
    with pytest.raises(ValueError, match="use None and say why"):
        Table("t", (Column("a"),), ((number,),))


def test_a_row_must_fit_its_columns() -> None:
    with pytest.raises(ValueError, match="2 entries under 1 columns"):
        Table("t", (Column("a"),), ((1, 2),))


def test_looking_up_what_is_not_there_says_so() -> None:
    result = AnalysisResult(tables=(Table("t", (Column("a"),), ()),))
    for look in (result.value, result.table, result.table("t").column):
        with pytest.raises(KeyError, match="nothing"):
            look("nothing")
