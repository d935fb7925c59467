import io
import re

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv

from orchestrator.export.bdf_csv import CsvSink
from orchestrator.export.bdf_table import TEMPERATURE, UNIX_TIME

REAL = re.compile(r"-?\d+\.\d+(e[-+]?\d+)?|-?\d+e[-+]?\d+")
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12).map(float)


def written(schema: pa.Schema, *tables: pa.Table) -> list[str]:
    stream = io.BytesIO()
    sink = CsvSink(stream, schema)
    for table in tables:
        sink.write(table)
    sink.close()
    return stream.getvalue().decode().splitlines()


@given(st.lists(numbers, min_size=1, max_size=30))
def test_a_real_number_always_looks_like_one_and_keeps_every_bit(values: list[float]) -> None:
    table = pa.table({"Voltage / V": pa.array(values, pa.float64())})
    lines = written(table.schema, table)

    assert lines[0] == "Voltage / V"
    assert all(REAL.fullmatch(line) for line in lines[1:])
    assert [float(line) for line in lines[1:]] == values


@given(st.lists(st.floats(0, 4e9), min_size=1, max_size=30))
def test_unix_time_has_six_decimals_whatever_it_is(values: list[float]) -> None:
    table = pa.table({UNIX_TIME: pa.array(values, pa.float64())})

    for line, value in zip(written(table.schema, table)[1:], values, strict=True):
        assert re.fullmatch(r"\d+\.\d{6}", line)
        assert abs(float(line) - value) <= 1.1e-6


def test_a_column_of_zeros_longer_than_any_sample_stays_real() -> None:
    values = np.zeros(500)
    values[-1] = 0.1
    table = pa.table({"Current / A": values})
    lines = written(table.schema, table.slice(0, 300), table.slice(300))

    assert lines[1] == "0.0"
    read = csv.read_csv(io.BytesIO("\n".join(lines).encode()), csv.ReadOptions(block_size=256))
    assert read.schema.field(0).type == pa.float64()
    assert read.column(0).to_pylist() == values.tolist()


def test_a_missing_temperature_is_a_number_that_is_none() -> None:
    table = pa.table({TEMPERATURE: pa.array([None, 25.0, 25.125], pa.float64()), "Step Type": ["rest"] * 3})

    assert written(table.schema, table)[1:] == ["NaN,rest", "25.0,rest", "25.125,rest"]
