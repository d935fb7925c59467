"""One run as EC-Lab text files: its records, and each of its spectra."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from sqlalchemy import Connection, Row, select

from orchestrator.analysis.run_records import CHUNK_RECORDS, read_chunks
from orchestrator.export.atomic_file import atomic_file
from orchestrator.export.bdf_csv import CsvSink
from orchestrator.export.file_name import export_stem
from orchestrator.export.mpt_header import ENCODING, LINE_END, mpt_header
from orchestrator.export.mpt_records import mpt_schema, mpt_table
from orchestrator.export.mpt_spectra import SPECTRUM_SCHEMA, spectrum_table, spectrum_technique
from orchestrator.export.run_chunks import background_writer, require_run, temperature_measured
from orchestrator.export.step_totals import StepTotals
from orchestrator.store.spectra import Spectrum, list_spectra, read_points
from orchestrator.store.tables import segments
from protocols.storage import load_plan

__all__ = ["MptFiles", "export_mpt"]

_SWEEPS_ALONE = frozenset({"voltage_scan", "rest"})


@dataclass(frozen=True, slots=True)
class MptFiles:
    """What an export as EC-Lab text has written."""

    records: Path
    """Written last: where it stands, the export is whole."""
    spectra: tuple[Path, ...]


def export_mpt(conn: Connection, run_id: int, directory: Path, *, chunk_records: int = CHUNK_RECORDS) -> MptFiles:
    """Write ``NAME.mpt`` and ``NAME.spectrum-001.mpt`` …; memory does not grow with the run.

    Each file appears whole or not at all. Raises ExportError (no such run), OSError (disk full, no such folder).
    """
    run = require_run(conn, run_id)
    stem = export_stem(run.cell_id, run.started_unix_s or run.created_unix_s, run_id)
    records = directory / f"{stem}.mpt"
    records.unlink(missing_ok=True)  # an earlier export is not whole from here on
    written = []
    for spectrum in list_spectra(conn, run_id):
        written.append(directory / f"{stem}.spectrum-{spectrum.number:03d}.mpt")
        with atomic_file(written[-1]) as stream:
            _write_spectrum(conn, run, spectrum, stream)
    with atomic_file(records) as stream:
        _write_records(conn, run, stream, chunk_records)
    return MptFiles(records, tuple(written))


def _write_records(conn: Connection, run: Row[Any], stream: IO[bytes], chunk_records: int) -> None:
    schema = mpt_schema(temperature=temperature_measured(conn, run.id))
    stream.write(mpt_header(run, _technique(conn, run.id), run.started_unix_s or run.created_unix_s, _REMARKS))
    totals = StepTotals()
    with background_writer(_sink(stream, schema).write) as write:
        for chunk in read_chunks(conn, run.id, chunk_records):
            write(mpt_table({**chunk.columns, **totals.extend(chunk.span.segment_id, chunk.columns)}, schema))


def _write_spectrum(conn: Connection, run: Row[Any], spectrum: Spectrum, stream: IO[bytes]) -> None:
    technique = spectrum_technique(load_plan(run.plan), spectrum.span.item, spectrum.line)
    told = [f"spectrum {spectrum.number} of the run, cycle {spectrum.cycle}"]
    if spectrum.label is not None:
        told.append(spectrum.label)
    if spectrum.temperature_degC is not None:
        told.append(f"temperature {spectrum.temperature_degC!r} degC")
    stream.write(mpt_header(run, technique, spectrum.started_unix_s, told))
    columns = read_points(conn, spectrum.span, spectrum.first_seq, spectrum.last_seq)
    _sink(stream, SPECTRUM_SCHEMA).write(spectrum_table(columns))


_REMARKS = (
    "Ns is the instrument's step number; cycle number and time/s count through the run",
    "positive current charges (oxidises the working electrode)",
)


def _sink(stream: IO[bytes], schema: pa.Schema) -> CsvSink:
    return CsvSink(stream, schema, delimiter="\t", line_end=LINE_END, encoding=ENCODING)


def _technique(conn: Connection, run_id: int) -> str:
    """EC-Lab has one technique for any mixture of steps."""
    maps = conn.execute(select(segments.c.step_map).where(segments.c.run_id == run_id)).scalars()
    kinds = {step["kind"] for step_map in maps for step in step_map}
    return "Cyclic Voltammetry" if "voltage_scan" in kinds and kinds <= _SWEEPS_ALONE else "Modulo Bat"
