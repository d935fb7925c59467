"""A run stored by hand, exported, and read by programs that nobody here wrote."""

import contextlib
import json
from pathlib import Path

import bdf
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from pytest_mock import MockerFixture
from sqlalchemy import Engine, delete, update

from orchestrator.export.run_export import BdfFormat, ExportedFiles, ExportError, export_run
from orchestrator.store import tables
from orchestrator.store.chamber_records import ChamberRecord, insert_chamber_records
from orchestrator.store.events import GAP_EVENT, append_event
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.analysis.stored_run import LAUNCH_UNIX_S, Step, StepKind, columns_of, cycle_row, store_run
from tests.orchestrator.export.voltammetry_run import store_voltammetry, voltammogram

FORMATION = [
    Step(1, 1, StepKind.REST, duration_s=600.0),
    Step(1, 2, StepKind.CC_DISCHARGE, 5.128e-3, 1.0e-3, -0.55e-3, 33_000.0, records=40),
    Step(1, 3, StepKind.CC_CHARGE, 3.820e-3, 2.2e-3, 0.55e-3, 25_000.0, records=30),
]
CYCLING = [
    Step(1, 1, StepKind.CC_DISCHARGE, 3.85e-3, 0.8e-3, -1e-3, 14_000.0, records=60),
    Step(1, 2, StepKind.CCCV_CHARGE, 3.80e-3, 2.1e-3, 1e-3, 14_000.0, records=60),
]
CYCLES = [cycle_row(1, 3.820e-3, 5.128e-3, label="formation"), cycle_row(2, 3.80e-3, 3.85e-3)]
FORMATION_S = 600.0 + 33_000.0 + 25_000.0
RECORDS = 5 + 40 + 30 + 60 + 60


def stored(engine: Engine) -> int:
    segments = [columns_of(FORMATION), columns_of(CYCLING)]
    segments[1]["unix_time_s"] += FORMATION_S
    with writing(engine) as conn:
        return store_run(conn, segments, CYCLES, cycle_offsets=(0, 1), time_offsets_s=(0.0, FORMATION_S))


def exported(engine: Engine, folder: Path, kind: BdfFormat = "csv", chunk_records: int = 7) -> ExportedFiles:
    folder.mkdir(exist_ok=True)
    run_id = stored(engine)
    with reading(engine) as conn:
        return export_run(conn, run_id, folder, format=kind, chunk_records=chunk_records)


def read_back(files: ExportedFiles) -> pd.DataFrame:
    if files.data.suffix == ".parquet":
        return pq.read_table(files.data).to_pandas()
    return csv.read_csv(files.data).to_pandas()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_file_says_what_the_instrument_counted(engine: Engine, tmp_path: Path, kind: BdfFormat) -> None:
    files = exported(engine, tmp_path / "out", kind)
    frame = read_back(files)

    assert files.records == len(frame) == RECORDS
    assert files.data.name == f"cellbench__SiO-C-l-7-1__20260105_001.bdf.{kind}"
    assert frame["Record Index / 1"].tolist() == list(range(1, RECORDS + 1))
    assert frame["Cycle Count / 1"].unique().tolist() == [1, 2]
    assert frame["Step Count / 1"].drop_duplicates().tolist() == [1, 2, 3, 4, 5]
    assert frame["Step ID"].drop_duplicates().tolist() == ["s0.1", "s0.2", "s0.3", "s1.1", "s1.2"]
    assert frame["Step Type"].drop_duplicates().tolist() == ["rest", "cc_discharge", "cc_charge", "cccv_charge"]
    last = frame.iloc[-1]
    assert last["Charging Capacity / Ah"] == pytest.approx(3.820e-3 + 3.80e-3)
    assert last["Discharging Capacity / Ah"] == pytest.approx(5.128e-3 + 3.85e-3)
    assert last["Step Charging Capacity / Ah"] == 3.80e-3
    assert last["Step Discharging Capacity / Ah"] == 0.0
    assert last["Charging Energy / Wh"] == pytest.approx(4.3e-3)
    assert last["Discharging Energy / Wh"] == pytest.approx(1.8e-3)
    assert last["Test Time / s"] == pytest.approx(FORMATION_S + 28_000.0)
    assert (frame["Test Time / s"].diff().dropna() >= 0).all()
    assert frame["Current / A"].min() == -1e-3
    np.testing.assert_allclose(frame["Unix Time / s"].diff()[1:], frame["Test Time / s"].diff()[1:], atol=2e-6)
    assert "Temperature T1 / degC" not in frame.columns


def test_csv_and_parquet_hold_the_same_numbers_to_the_last_bit(engine: Engine, tmp_path: Path) -> None:
    text = exported(engine, tmp_path)
    with reading(engine) as conn:
        binary = export_run(conn, 1, tmp_path, format="parquet")
    one, other = read_back(text), read_back(binary)

    assert (one["Unix Time / s"] - other["Unix Time / s"]).abs().max() < 1.1e-6
    pd.testing.assert_frame_equal(
        one.drop(columns="Unix Time / s"), other.drop(columns="Unix Time / s"), check_exact=True
    )


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_alliances_own_package_accepts_it(engine: Engine, tmp_path: Path, kind: BdfFormat) -> None:
    files = exported(engine, tmp_path, kind)
    ours = read_back(files)
    read = bdf.read(str(files.data))

    assert bdf.validate(read, raise_on_error=True)["ok"]
    # A reader that takes "1" for a turn makes 6.283 of a cycle.
    assert read["Cycle Count / 1"].tolist() == ours["Cycle Count / 1"].tolist()
    assert read["Step Count / 1"].tolist() == ours["Step Count / 1"].tolist()
    for label in ("Test Time / s", "Voltage / V", "Current / A", "Charging Capacity / Ah", "Unix Time / s"):
        assert read[label].tolist() == ours[label].tolist(), label


def test_pandas_reads_it_with_the_types_it_was_written_with(engine: Engine, tmp_path: Path) -> None:
    frame = pd.read_csv(exported(engine, tmp_path).data)
    kinds = {label: frame[label].dtype.kind for label in frame.columns}

    counts = {"Cycle Count / 1", "Step Count / 1", "Record Index / 1"}
    assert {label for label, kind in kinds.items() if kind == "i"} == counts
    assert {label for label, kind in kinds.items() if kind not in "if"} == {"Step ID", "Step Type"}


def test_a_measured_temperature_gets_its_column(engine: Engine, tmp_path: Path) -> None:
    run_id = stored(engine)
    with writing(engine) as conn:
        conn.execute(update(tables.records).where(tables.records.c.seq == 150 - 75).values(temperature_degC=25.0))
    with reading(engine) as conn:
        frame = read_back(export_run(conn, run_id, tmp_path, format="csv"))

    assert frame["Temperature T1 / degC"].dropna().tolist() == [25.0, 25.0]


def test_the_chambers_temperature_stands_beside_the_cells_own(engine: Engine, tmp_path: Path) -> None:
    run_id = stored(engine)
    looks = [ChamberRecord("oven", LAUNCH_UNIX_S + at_s, at_s / 100, 25.0, None, "running") for at_s in (0, 400, 900)]
    with writing(engine) as conn:
        insert_chamber_records(conn, looks)
        conn.execute(update(tables.runs).values(chamber="oven", finished_unix_s=LAUNCH_UNIX_S + 9e4))
        conn.execute(update(tables.records).where(tables.records.c.seq == 3).values(temperature_degC=31.5))
    with reading(engine) as conn:
        files = export_run(conn, run_id, tmp_path, format="csv", chunk_records=7)
    frame = read_back(files)

    # Between the looks a straight line; behind the last one nobody knows.
    inside = frame["Test Time / s"] <= 900
    assert 5 <= inside.sum() < len(frame)
    ambient = frame["Ambient Temperature / degC"]
    np.testing.assert_allclose(ambient[inside], frame["Test Time / s"][inside] / 100, rtol=1e-9)
    assert ambient[~inside].isna().all()
    assert frame["Temperature T1 / degC"].dropna().tolist() == [31.5, 31.5]
    assert json.loads(files.metadata.read_text())["instrument"]["chamber"] == "oven"


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_the_alliances_own_package_knows_the_chambers_temperature(engine: Engine, tmp_path: Path) -> None:
    run_id = stored(engine)
    looks = [ChamberRecord("oven", LAUNCH_UNIX_S + at_s, 25.5, 25.0, None, "running") for at_s in range(0, 99_000, 500)]
    with writing(engine) as conn:
        insert_chamber_records(conn, looks)
        conn.execute(update(tables.runs).values(chamber="oven", finished_unix_s=None))
    with reading(engine) as conn:
        read = bdf.read(str(export_run(conn, run_id, tmp_path, format="csv").data))

    assert bdf.validate(read, raise_on_error=True)["ok"]
    assert read["Ambient Temperature / degC"].tolist() == [25.5] * RECORDS


@pytest.mark.parametrize("chamber", [None, "other"])
def test_without_a_look_at_its_chamber_there_is_no_column(engine: Engine, tmp_path: Path, chamber: str | None) -> None:
    run_id = stored(engine)
    with writing(engine) as conn:
        insert_chamber_records(conn, [ChamberRecord("oven", LAUNCH_UNIX_S, 25.0, 25.0, None, "running")])
        conn.execute(update(tables.runs).values(chamber=chamber))
    with reading(engine) as conn:
        frame = read_back(export_run(conn, run_id, tmp_path, format="csv"))

    assert "Ambient Temperature / degC" not in frame.columns


def test_voltammetry_and_a_spectrum_leave_the_records_file_as_it_is(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        files = export_run(conn, run_id, tmp_path, format="csv", chunk_records=41)
    frame, measured, cycles = read_back(files), voltammogram(), pd.read_csv(files.cycles)

    assert files.records == len(frame) == len(measured["seq"])
    assert frame["Step Type"].drop_duplicates().tolist() == ["sweep_down", "sweep_up"]
    assert frame["Step Count / 1"].unique().tolist() == [1, 2, 3, 4]
    swept = measured["step_capacity_Ah"][149::150]
    assert cycles["discharge capacity / mAh"].tolist() == pytest.approx(swept[::2] * 1e3)
    assert cycles["charge capacity / mAh"].tolist() == pytest.approx(swept[1::2] * 1e3)
    ends = frame.groupby("Step Count / 1").last()
    assert (ends["Charging Capacity / Ah"].diff().dropna() >= 0).all()
    assert json.loads(files.metadata.read_text())["unattributed_step_capacity_Ah"] == 0.0


def test_the_sidecar_tells_where_it_comes_from(engine: Engine, tmp_path: Path) -> None:
    files = exported(engine, tmp_path)
    told = json.loads(files.metadata.read_text(encoding="utf-8"))

    assert files.metadata.name == "cellbench__SiO-C-l-7-1__20260105_001.bdf.metadata.json"
    assert told["cell"]["id"] == "SiO@C-l 7/1"
    assert told["cell"]["metadata"] == {"maker": "Müller"}
    assert told["cell"]["at_launch"]["active_mass_g"] == 0.00275
    assert told["protocol"]["source"] == "cellbench: 1\n"
    assert told["protocol"]["sha256"] == "ab" * 32
    assert told["protocol"]["parameters"] == {"rates": "[0.2 A/g]"}
    assert told["protocol"]["estimate"]["cycles"] == 5
    assert told["instrument"]["channel"] == "27-21-1-1"
    assert [test["test_id"] for test in told["tests"]] == ["71", "71"]
    assert told["run"]["started"] == "2026-01-05T00:00:00+00:00"
    assert told["known_gaps"] == told["possible_gaps"] == []
    assert told["steps"]["s0.1"]["label"] == "cycling"
    assert "positive current charges" in told["conventions"]["current"]
    assert told["format"]["columns"] == list(read_back(files).columns)
    assert told["unattributed_step_capacity_Ah"] == 0.0


def test_a_missing_record_leaves_its_number_out_and_is_listed(engine: Engine, tmp_path: Path) -> None:
    run_id = stored(engine)
    seq, segment = tables.records.c.seq, tables.records.c.segment_id
    with writing(engine) as conn:
        conn.execute(delete(tables.records).where(segment == 1, seq.between(10, 12)))
        conn.execute(delete(tables.records).where(segment == 2, seq == 1))
    with reading(engine) as conn:
        files = export_run(conn, run_id, tmp_path, format="csv", chunk_records=10)
    frame = read_back(files)

    assert files.records == RECORDS - 4
    assert sorted(set(range(1, RECORDS + 1)) - set(frame["Record Index / 1"])) == [10, 11, 12, 76]
    gaps = json.loads(files.metadata.read_text())["known_gaps"]
    assert [(gap["first_record"], gap["last_record"]) for gap in gaps] == [(10, 12), (76, 76)]
    assert gaps[0]["after_test_time_s"] < gaps[0]["before_test_time_s"]
    assert gaps[1]["after_test_time_s"] is None
    assert frame["Discharging Capacity / Ah"].iloc[-1] == pytest.approx(5.128e-3 + 3.85e-3)


def test_what_was_lost_on_the_way_is_listed_though_no_number_is_missing(engine: Engine, tmp_path: Path) -> None:
    run_id = stored(engine)
    lost = "up to 200 records between 12:00:01 and 12:00:02 are missing"
    with writing(engine) as conn:
        for kind, message in (("note", "a pause"), (GAP_EVENT, lost)):
            append_event(conn, now=1.0, actor="engine", kind=kind, message=message, run_id=run_id)
        append_event(conn, now=1.0, actor="engine", kind=GAP_EVENT, message="of no run", run_id=None)
    with reading(engine) as conn:
        files = export_run(conn, run_id, tmp_path, format="csv")
    told = json.loads(files.metadata.read_text())
    assert (told["known_gaps"], told["possible_gaps"]) == ([], [lost])


def test_the_cycles_stand_beside_it_with_units_in_the_header(engine: Engine, tmp_path: Path) -> None:
    files = exported(engine, tmp_path)
    frame = pd.read_csv(files.cycles)

    assert files.cycles.name == "cellbench__SiO-C-l-7-1__20260105_001.cycles.csv"
    assert frame["charge capacity / mAh"].tolist() == pytest.approx([3.820, 3.80])
    assert frame["discharge specific capacity / (mAh/g)"].iloc[0] == pytest.approx(5.128 / 0.00275)
    assert frame["coulombic efficiency / %"].iloc[0] == pytest.approx(100 * 3.820 / 5.128)


def test_a_run_that_has_no_records_yet_gives_header_and_metadata(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as conn:
        run_id = store_run(conn, [], [])
    for kind in ("csv", "parquet"):
        with reading(engine) as conn:
            files = export_run(conn, run_id, tmp_path, format=kind)
        assert files.records == len(read_back(files)) == 0
        assert "Voltage / V" in read_back(files).columns


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_full_disk_leaves_the_earlier_data_and_nothing_half_written(
    engine: Engine, tmp_path: Path, mocker: MockerFixture, kind: BdfFormat
) -> None:
    files = exported(engine, tmp_path / "out", kind)
    before = files.data.read_bytes()
    mocker.patch("orchestrator.export.atomic_file.os.fsync", side_effect=OSError(28, "No space left on device"))
    with reading(engine) as conn, pytest.raises(OSError, match="No space left"):
        export_run(conn, 1, tmp_path / "out", format=kind)

    assert files.data.read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([files.data.name, files.cycles.name])


def test_a_stream_that_fails_in_the_middle_leaves_nothing(
    engine: Engine, tmp_path: Path, mocker: MockerFixture
) -> None:
    run_id = stored(engine)
    folder = tmp_path / "out"
    folder.mkdir()
    failing = mocker.patch("orchestrator.export.run_export.bdf_table", side_effect=MemoryError)
    with reading(engine) as conn, contextlib.suppress(MemoryError):
        export_run(conn, run_id, folder, format="parquet")

    assert failing.called
    assert list(folder.iterdir()) == []


def test_what_cannot_be_exported_is_refused_in_one_line(engine: Engine, tmp_path: Path) -> None:
    with reading(engine) as conn:
        with pytest.raises(ExportError, match="there is no run 7"):
            export_run(conn, 7, tmp_path, format="csv")
        with pytest.raises(ExportError, match="format 'xlsx' is not known; choose csv or parquet"):
            export_run(conn, 7, tmp_path, format="xlsx")  # type: ignore[arg-type]
