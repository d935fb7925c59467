"""galvani, a reader of EC-Lab files that nobody here wrote, reads records and spectra: every number."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, update

from orchestrator.export.mpt_export import MptFiles, export_mpt
from orchestrator.store import tables
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.export.voltammetry_run import POINTS, spectra, store_voltammetry, voltammogram

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("galvani") is None, reason="galvani (GPL) is installed by CI, beside easy-biologic"
)


def exported(engine: Engine, folder: Path) -> MptFiles:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        return export_mpt(conn, run_id, folder, chunk_records=41)


def read(file: Path, **options: str) -> np.ndarray:
    from galvani import MPTfile

    table, _ = MPTfile(str(file), **options)
    return table


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_records_of_voltammetry(engine: Engine, tmp_path: Path) -> None:
    table, measured = read(exported(engine, tmp_path).records), voltammogram()

    np.testing.assert_array_equal(table["time/s"], measured["test_time_s"])
    np.testing.assert_array_equal(table["Ewe/V"], measured["voltage_V"])
    np.testing.assert_array_equal(table["I/mA"], measured["current_A"] * 1e3)
    np.testing.assert_array_equal(table["cycle number"], measured["cycle"])
    np.testing.assert_array_equal(table["Ns"], measured["step"])
    np.testing.assert_array_equal(table["ox/red"], measured["current_A"] > 0)
    signs = np.where(measured["step"] == 3, 1e3, -1e3)
    np.testing.assert_array_equal(table["Q charge/discharge/mA.h"], measured["step_capacity_Ah"] * signs)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_each_spectrum(engine: Engine, tmp_path: Path) -> None:
    measured = spectra()
    for place, file in enumerate(exported(engine, tmp_path).spectra):
        one = {name: column[place * POINTS : (place + 1) * POINTS] for name, column in measured.items()}
        table = read(file)
        z = one["z_real_Ohm"] + 1j * one["z_imag_Ohm"]
        np.testing.assert_array_equal(table["freq/Hz"], one["frequency_Hz"])
        np.testing.assert_array_equal(table["Re(Z)/Ohm"], one["z_real_Ohm"])
        np.testing.assert_array_equal(table["-Im(Z)/Ohm"], -one["z_imag_Ohm"])
        np.testing.assert_allclose(table["|Z|/Ohm"], np.abs(z), rtol=1e-14)
        np.testing.assert_allclose(table["Phase(Z)/deg"], np.degrees(np.angle(z)), rtol=1e-14)
        np.testing.assert_array_equal(table["Ewe/V"], one["voltage_V"])
        np.testing.assert_array_equal(table["I/mA"], one["current_A"] * 1e3)
        np.testing.assert_array_equal(table["|Ewe|/V"], one["voltage_amplitude_V"])
        np.testing.assert_array_equal(table["|I|/A"], one["current_amplitude_A"])
        assert table["cycle number"].tolist() == [3] * POINTS


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_temperature_by_its_name_in_latin_1(engine: Engine, tmp_path: Path) -> None:
    run_id = store_voltammetry(engine)
    with writing(engine) as conn:
        conn.execute(update(tables.records).where(tables.records.c.seq > 1).values(temperature_degC=25.125))
    with reading(engine) as conn:
        file = export_mpt(conn, run_id, tmp_path).records

    temperature = read(file, encoding="latin-1")["Temperature/°C"]
    assert np.isnan(temperature[0])
    assert (temperature[1:] == 25.125).all()
