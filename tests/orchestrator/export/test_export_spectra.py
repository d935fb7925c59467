"""Spectra as files, read by impedance.py, numpy and pandas."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from impedance import preprocessing
from sqlalchemy import Engine, update

from orchestrator.export.errors import ExportError
from orchestrator.export.formats import export_files
from orchestrator.export.mpt_export import export_mpt
from orchestrator.export.spectrum_csv import export_spectra
from orchestrator.store import tables
from orchestrator.store.chamber_records import ChamberRecord, insert_chamber_records
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.analysis.stored_run import LAUNCH_UNIX_S, store_run
from tests.orchestrator.export.voltammetry_run import POINTS, SPECTRUM, spectra, store_voltammetry

STEM = "cellbench__SiO-C-l-7-1__20260105_001"


def test_impedance_py_reads_every_number_of_the_csv(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        files = export_spectra(conn, run_id, tmp_path)

    assert [file.name for file in files.spectra] == [f"{STEM}.spectrum-001.csv", f"{STEM}.spectrum-002.csv"]
    measured = spectra()
    for place, file in enumerate(files.spectra):
        inside = slice(place * POINTS, (place + 1) * POINTS)
        frequency_Hz, z = preprocessing.readFile(str(file))
        np.testing.assert_array_equal(frequency_Hz, measured["frequency_Hz"][inside])
        np.testing.assert_array_equal(z.real, measured["z_real_Ohm"][inside])
        np.testing.assert_array_equal(z.imag, measured["z_imag_Ohm"][inside])


def test_impedance_py_reads_every_number_of_the_ec_lab_text(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        files = export_mpt(conn, run_id, tmp_path)

    measured = spectra()
    for place, file in enumerate(files.spectra):
        inside = slice(place * POINTS, (place + 1) * POINTS)
        frequency_Hz, z = preprocessing.readFile(str(file), instrument="biologic")
        np.testing.assert_array_equal(frequency_Hz, measured["frequency_Hz"][inside])
        np.testing.assert_array_equal(z, measured["z_real_Ohm"][inside] + 1j * measured["z_imag_Ohm"][inside])


def test_the_overview_tells_what_each_file_is(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        files = export_spectra(conn, run_id, tmp_path)
    told = pd.read_csv(files.overview)
    measured = spectra()

    assert files.overview.name == f"{STEM}.spectra.csv"
    assert told["Spectrum / 1"].tolist() == [1, 2]
    assert told["File"].tolist() == [file.name for file in files.spectra]
    assert told["Label"].tolist() == [SPECTRUM.label] * 2
    assert told["Points / 1"].tolist() == [POINTS] * 2
    assert told["Cycle Count / 1"].tolist() == [3, 3]  # behind two cycles of voltammetry
    assert told["Temperature T1 / degC"].tolist() == [10.0, 25.0]
    assert told["Ambient Temperature / degC"].isna().all()
    assert told["Voltage / V"].tolist() == pytest.approx([part.mean() for part in np.split(measured["voltage_V"], 2)])
    assert told["Frequency from / Hz"].tolist() == [1e5, 1e5]
    assert told["Frequency to / Hz"].tolist() == pytest.approx([0.1, 0.1])


def test_the_overview_has_the_chambers_temperature(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    began = LAUNCH_UNIX_S + 6e4
    looks = [ChamberRecord("oven", began + at_s, at_s / 2, 25.0, 10.0, "running") for at_s in range(-10, 11, 5)]
    with writing(engine) as conn:
        insert_chamber_records(conn, looks)
        conn.execute(update(tables.runs).values(chamber="oven", finished_unix_s=began + 3600))
    with reading(engine) as conn:
        told = pd.read_csv(export_spectra(conn, run_id, tmp_path).overview)

    second_s = spectra()["unix_time_s"][POINTS] - began
    assert second_s > 10
    np.testing.assert_array_equal(told["Ambient Temperature / degC"], [0.0, np.nan])


def test_a_run_without_spectra_gives_an_empty_overview(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as conn:
        run_id = store_run(conn, [], [])
    with reading(engine) as conn:
        files = export_files(conn, run_id, tmp_path, "spectra")
    assert [len(pd.read_csv(file)) for file in files] == [0]


@pytest.mark.parametrize("kind", ["csv", "spectra", "mpt"])
def test_a_run_that_is_not_there_is_refused(engine: Engine, tmp_path: Path, kind: str) -> None:
    with reading(engine) as conn, pytest.raises(ExportError, match="there is no run 99"):
        export_files(conn, 99, tmp_path, kind)
    assert list(tmp_path.glob("cellbench__*")) == []


def test_a_format_that_is_not_known_is_refused(engine: Engine, tmp_path: Path) -> None:
    with reading(engine) as conn, pytest.raises(ExportError, match="choose csv, parquet, spectra, mpt"):
        export_files(conn, 1, tmp_path, "xlsx")
