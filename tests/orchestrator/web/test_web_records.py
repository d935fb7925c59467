from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import select

from drivers.contracts import RECORD_COLUMNS, Batch
from orchestrator.store.recorder import Recorder
from orchestrator.store.tables import segments
from tests.orchestrator.web.conftest import Api

COUNT = 600


def record(api: Api) -> tuple[int, dict[str, Any]]:
    """A launched run with 600 records, one every 10 s; the temperature is not measured."""
    (one,) = api.launch(("L1", "A1"))["runs"]
    with api.engine.connect() as connection:
        segment_id = connection.execute(select(segments.c.id)).scalar_one()
    number = np.arange(1, COUNT + 1)
    values = {
        "seq": number,
        "cycle": (number - 1) // 200 + 1,
        "step": np.full(COUNT, 2),
        "step_kind": np.full(COUNT, 3),
        "unix_time_s": 1.7e9 + number * 10.0,
        "test_time_s": number * 10.0,
        "step_time_s": number * 10.0,
        "voltage_V": 1 + np.sin(number / 50),
        "current_A": np.full(COUNT, -1e-3),
        "step_capacity_Ah": number * 1e-6,
        "step_energy_Wh": number * 1e-6,
        "temperature_degC": np.full(COUNT, np.nan),
    }
    columns = {name: np.asarray(values[name]).astype(kind) for name, kind in RECORD_COLUMNS.items()}
    with Recorder(api.engine) as recorder:
        recorder.record(one["run_id"], segment_id, Batch(columns, "600")).result(timeout=60)
    return one["run_id"], columns


def test_a_window_is_whole_to_the_last_bit(api_on_both: Api) -> None:
    run_id, columns = record(api_on_both)

    answer = api_on_both.get(f"runs/{run_id}/records", start_s=1000, end_s=1990)

    assert (answer["rows"], answer["decimated"]) == (100, False)
    for name in ("seq", "cycle", "voltage_V", "test_time_s", "step_capacity_Ah"):
        assert answer["columns"][name] == columns[name][99:199].tolist()
    assert answer["columns"]["temperature_degC"] == [None] * 100


def test_buckets_keep_the_extremes(api: Api) -> None:
    run_id, columns = record(api)

    answer = api.get(f"runs/{run_id}/records", buckets=20)

    assert answer["decimated"]
    assert 1 <= answer["rows"] <= 40
    assert min(answer["columns"]["voltage_min_V"]) == columns["voltage_V"].min()
    assert max(answer["columns"]["voltage_max_V"]) == columns["voltage_V"].max()
    assert sum(answer["columns"]["records"]) == COUNT


def test_records_stream_as_csv_and_as_arrow(api_on_both: Api) -> None:
    run_id, columns = record(api_on_both)

    arrow = api_on_both.http.get(f"/api/v1/runs/{run_id}/records.arrow", params={"start_s": 15, "end_s": 1e9})
    csv = api_on_both.http.get(f"/api/v1/runs/{run_id}/records.csv")

    table = pa.ipc.open_stream(arrow.content).read_all()
    assert table.column_names == list(RECORD_COLUMNS)
    assert table["voltage_V"].to_pylist() == columns["voltage_V"][1:].tolist()
    assert table["temperature_degC"].null_count == COUNT - 1
    lines = csv.text.splitlines()
    assert len(lines) == COUNT + 1
    assert lines[0].startswith('"seq","cycle"')


def test_an_export_is_one_archive_of_three_files(api: Api) -> None:
    run_id, _ = record(api)

    answer = api.http.get(f"/api/v1/runs/{run_id}/export", params={"format": "parquet"})

    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert [name.split(".", 1)[1] for name in names] == ["bdf.parquet", "cycles.csv", "bdf.metadata.json"]


@pytest.mark.parametrize("path", ["records", "records.csv", "records.arrow", "cycles", "export", "analyses"])
def test_a_run_that_is_not_there_is_not_found(api: Api, path: str) -> None:
    answer = api.http.get(f"/api/v1/runs/99/{path}")

    assert (answer.status_code, answer.json()["detail"]) == (404, "there is no run 99; `cellbench ls` lists them")
