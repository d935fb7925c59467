"""EC-Lab text: what its readers look at. galvani itself reads it in test_mpt_by_galvani.py."""

from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture
from sqlalchemy import Engine, update

from orchestrator.export.mpt_export import export_mpt
from orchestrator.store import tables
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.analysis.stored_run import Step, StepKind, columns_of, store_run
from tests.orchestrator.export.voltammetry_run import store_voltammetry, voltammogram


def lines_of(file: Path) -> tuple[list[str], list[str]]:
    """Header, and what follows from the column names on; every line ends with CRLF."""
    text = file.read_bytes().decode("latin-1")
    assert text.count("\n") == text.count("\r\n")
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert lines[0] == "EC-Lab ASCII FILE"
    name, count = lines[1].split(" : ")
    assert name == "Nb header lines"
    return lines[: int(count) - 1], lines[int(count) - 1 :]


def table_of(file: Path) -> dict[str, np.ndarray]:
    names, *rows = (line.split("\t") for line in lines_of(file)[1])
    return {name: np.array(column, dtype=float) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def test_the_header_says_technique_start_and_origin(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        files = export_mpt(conn, run_id, tmp_path)
    header, _ = lines_of(files.spectra[1])

    assert header[2:5] == ["", "Potentio Electrochemical Impedance Spectroscopy", ""]
    assert "Acquisition started on : 01/05/2026 16:40:12.333333" in header
    assert "Comments : temperature 25.0 degC" in header
    assert header[-1] == ""
    assert lines_of(files.records)[0][3] == "Modulo Bat"  # sweeps, and then something else


def test_the_records_hold_every_number(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        table = table_of(export_mpt(conn, run_id, tmp_path, chunk_records=41).records)
    measured = voltammogram()

    assert table["cycle number"].tolist() == measured["cycle"].tolist()
    assert table["Ns"].tolist() == measured["step"].tolist()
    np.testing.assert_array_equal(table["time/s"], measured["test_time_s"])
    np.testing.assert_array_equal(table["Ewe/V"], measured["voltage_V"])
    np.testing.assert_array_equal(table["<I>/mA"], measured["current_A"] * 1e3)
    np.testing.assert_array_equal(table["ox/red"], measured["current_A"] > 0)
    signs = np.where(measured["step"] == 3, 1e3, -1e3)
    np.testing.assert_array_equal(table["Q charge/discharge/mA.h"], measured["step_capacity_Ah"] * signs)
    assert "Temperature/°C" not in table


def test_a_single_technique_is_named_and_a_temperature_gets_its_column(engine: Engine, tmp_path: Path) -> None:
    columns = columns_of([Step(1, 1, StepKind.SWEEP_DOWN, 1e-3, 1e-4, -1e-3), Step(1, 2, StepKind.SWEEP_UP, 9e-4)])
    with writing(engine) as conn:
        run_id = store_run(conn, [columns], [])
        conn.execute(update(tables.segments).values(step_map=[{"step": 1, "kind": "voltage_scan"}]))
        conn.execute(update(tables.records).where(tables.records.c.seq == 2).values(temperature_degC=25.0))
        conn.execute(update(tables.runs).values(protocol="über\nzwei Zeilen, Ω"))
    with reading(engine) as conn:
        files = export_mpt(conn, run_id, tmp_path)
    header, _ = lines_of(files.records)

    assert header[3] == "Cyclic Voltammetry"
    assert "protocol über zwei Zeilen, ?" in "".join(header)  # one line, in latin-1
    np.testing.assert_array_equal(table_of(files.records)["Temperature/°C"], [np.nan, 25.0, *[np.nan] * 8])
    assert files.spectra == ()


def test_a_run_without_records_gives_column_names_alone(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as conn:
        run_id = store_run(conn, [], [])
    with reading(engine) as conn:
        files = export_mpt(conn, run_id, tmp_path)
    assert len(lines_of(files.records)[1]) == 1


def test_a_full_disk_leaves_nothing_half_written(engine: Engine, tmp_path: Path, mocker: MockerFixture) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        files = export_mpt(conn, run_id, tmp_path)
    before = files.spectra[0].read_bytes()
    mocker.patch("orchestrator.export.atomic_file.os.fsync", side_effect=OSError(28, "No space left on device"))
    with reading(engine) as conn, pytest.raises(OSError, match="No space left"):
        export_mpt(conn, run_id, tmp_path)

    assert files.spectra[0].read_bytes() == before
    assert sorted(tmp_path.glob("cellbench__*")) == sorted(files.spectra)  # without the records the export is not whole
