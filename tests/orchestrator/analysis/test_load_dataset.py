import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from sqlalchemy import Engine, update

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS
from orchestrator.analysis.cycles import cycles
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.impedance.spectrum_temperature import spectrum_temperatures
from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.run_records import read_chunks
from orchestrator.store import tables
from orchestrator.store.chamber_records import ChamberRecord, insert_chamber_records
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.analysis.stored_run import (
    CELL,
    LAUNCH_UNIX_S,
    Step,
    StepKind,
    columns_of,
    cycle_row,
    store_run,
)
from tests.orchestrator.export.voltammetry_run import POINTS, spectra, store_voltammetry

STEPS = [
    Step(1, 1, StepKind.CC_DISCHARGE, 5e-3, 1e-3, -1e-3),
    Step(1, 2, StepKind.CC_CHARGE, 4e-3, 2e-3, 1e-3),
    Step(2, 1, StepKind.CC_DISCHARGE, 4e-3, 1e-3, -1e-3),
]
ROWS = [cycle_row(1, 4e-3, 5e-3, label="cycling"), cycle_row(2, 0.0, 4e-3, complete=False)]


def stored(engine: Engine) -> int:
    with writing(engine) as conn:
        columns = columns_of(STEPS)
        return store_run(conn, [columns, columns], ROWS, cycle_offsets=(0, 2), time_offsets_s=(0.0, 120.0))


def test_what_was_stored_comes_back_in_the_runs_own_cycles_times_and_numbers(engine: Engine) -> None:
    run_id = stored(engine)
    with reading(engine) as conn:
        run = load_dataset(conn, [run_id]).runs[0]
        records = run.records

    one = columns_of(STEPS)
    assert dataclasses.replace(run.cell, metadata={}) == CELL
    assert run.cell.metadata == {"maker": "Müller"}
    assert run.labels == {1: "cycling", 2: None}
    assert run.plan is not None
    assert run.plan.cell == CELL
    assert records["record"].tolist() == list(range(1, 31))
    assert records["cycle"].tolist() == [*one["cycle"], *(one["cycle"] + 2)]
    assert records["test_time_s"].tolist() == [*one["test_time_s"], *(one["test_time_s"] + 120.0)]
    assert records["voltage_V"].tolist() == [*one["voltage_V"], *one["voltage_V"]]
    assert np.isnan(records["temperature_degC"]).all()
    assert {name: str(records[name].dtype) for name in RECORD_COLUMNS} == dict(RECORD_COLUMNS)


@pytest.mark.parametrize("chunk_records", [1, 4, 15, 16, 1000])
def test_chunks_of_any_size_hold_each_record_once(engine: Engine, chunk_records: int) -> None:
    run_id = stored(engine)
    with reading(engine) as conn:
        chunks = list(read_chunks(conn, run_id, chunk_records))

    assert [int(number) for chunk in chunks for number in chunk.columns["record"]] == list(range(1, 31))
    assert max(len(chunk) for chunk in chunks) <= chunk_records


def test_the_hash_covers_what_was_used_and_changes_with_it(engine: Engine) -> None:
    run_id = stored(engine)

    def hashed(*, records: bool) -> str:
        with reading(engine) as conn:
            dataset = load_dataset(conn, [run_id])
            assert not dataset.runs[0].records_used
            if records:
                assert len(dataset.records) == 30
            return dataset.input_sha256

    before, with_records = hashed(records=False), hashed(records=True)
    assert before == hashed(records=False)
    assert before != with_records
    with writing(engine) as conn:
        conn.execute(update(tables.records).where(tables.records.c.seq == 7).values(voltage_V=1.0))
    assert hashed(records=False) == before
    assert hashed(records=True) != with_records
    with writing(engine) as conn:
        conn.execute(update(tables.cells).values(active_mass_g=0.002))
    assert hashed(records=False) != before


def test_spectra_count_through_the_run_and_are_read_when_asked_for(engine: Engine) -> None:
    run_id = store_voltammetry(engine)
    measured = spectra()
    with reading(engine) as conn:
        run = load_dataset(conn, [run_id]).runs[0]
        assert not run.spectra_used
        frame = run.spectra
        offset_s = float(run.records["test_time_s"].iloc[-1])

    assert {name: str(frame[name].dtype) for name in frame.columns} == dict(SPECTRUM_COLUMNS)
    assert frame["cycle"].unique().tolist() == [3]
    np.testing.assert_array_equal(frame["test_time_s"], measured["test_time_s"] + offset_s)
    for name in ("seq", "spectrum", "frequency_Hz", "z_real_Ohm", "z_imag_Ohm", "phase_rad", "temperature_degC"):
        np.testing.assert_array_equal(frame[name], measured[name])


def test_what_has_no_temperature_of_its_own_gets_the_chambers_at_its_time(engine: Engine) -> None:
    """Linear between two looks, none where nobody looked, and never instead of what the instrument measured."""
    run_id = store_voltammetry(engine)
    began = LAUNCH_UNIX_S + 6e4
    second_s = float(spectra()["unix_time_s"][POINTS]) - began
    looks = [ChamberRecord("oven-1", began + at_s, 40.0 + at_s, 40.0, 1.0, "running") for at_s in range(-5, 8, 3)]
    with writing(engine) as conn:
        insert_chamber_records(conn, looks)
        conn.execute(update(tables.runs).values(chamber="oven-1", finished_unix_s=began + 3600))
        conn.execute(update(tables.spectra).where(tables.spectra.c.seq <= POINTS).values(temperature_degC=None))
    with reading(engine) as conn:
        run = load_dataset(conn, [run_id]).runs[0]
        assert run.records["temperature_degC"].isna().all()  # the chamber was looked at hours later only
        points = run.spectra
        told = spectrum_temperatures(run)

    assert second_s > 7
    at_s = spectra()["unix_time_s"][:POINTS] - began
    inside = at_s <= 7
    np.testing.assert_allclose(points["temperature_degC"][:POINTS][inside], 40.0 + at_s[inside], atol=1e-6)
    assert points["temperature_degC"][:POINTS][~inside].isna().all()
    np.testing.assert_array_equal(points["temperature_degC"][POINTS:], 25.0)
    assert [told[number].source for number in (1, 2)] == ["measured in oven-1", "measured"]
    assert told[1].degC == pytest.approx(float((40.0 + at_s[inside]).mean()))


def test_records_inside_a_chamber_have_its_temperature(engine: Engine) -> None:
    run_id = stored(engine)
    looks = [ChamberRecord("oven-1", LAUNCH_UNIX_S + at_s, 30.0, 30.0, 1.0, "running") for at_s in (0.0, 500.0)]
    with writing(engine) as conn:
        insert_chamber_records(conn, looks)
        conn.execute(update(tables.runs).values(chamber="oven-1"))
    with reading(engine) as conn:
        records = load_dataset(conn, [run_id]).runs[0].records

    assert (records["temperature_degC"] == 30.0).all()
    assert {name: str(records[name].dtype) for name in RECORD_COLUMNS} == dict(RECORD_COLUMNS)


def test_an_analysis_of_counters_reads_no_record(engine: Engine) -> None:
    run_id = stored(engine)
    with reading(engine) as conn:
        dataset = load_dataset(conn, [run_id])
        result = cycles(dataset)

    assert result.value("initial coulombic efficiency").value == pytest.approx(80.0)
    assert not dataset.runs[0].records_used


def test_a_run_without_records_and_cycles_is_empty_not_an_error(engine: Engine) -> None:
    with writing(engine) as conn:
        run_id = store_run(conn, [], [])
    with reading(engine) as conn:
        dataset = load_dataset(conn, [run_id])
        assert dataset.records.empty
        assert list(dataset.runs[0].spectra.columns) == list(SPECTRUM_COLUMNS)
        assert dataset.runs[0].spectra.empty
        assert cycles(dataset).table("cycles").rows == ()


def test_a_run_that_does_not_exist_is_refused(engine: Engine) -> None:
    with reading(engine) as conn, pytest.raises(AnalysisError, match="there is no run 99"):
        load_dataset(conn, [99])


def test_the_node_does_not_load_pandas_for_its_worker_and_queue() -> None:
    program = (
        "import sys, orchestrator.analysis.worker, orchestrator.analysis.registry, orchestrator.analysis.queue;"
        "print(sorted({'pandas', 'scipy', 'pyarrow'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert told.stdout.strip() == "[]"
