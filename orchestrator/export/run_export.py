"""One run as Battery Data Format files: records, cycles, metadata."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
from sqlalchemy import Connection

from orchestrator.analysis.run_records import CHUNK_RECORDS, read_chunks
from orchestrator.export.atomic_file import atomic_file
from orchestrator.export.bdf_csv import CsvSink
from orchestrator.export.bdf_parquet import ParquetSink
from orchestrator.export.bdf_table import bdf_schema, bdf_table
from orchestrator.export.cycle_csv import write_cycles
from orchestrator.export.errors import ExportError
from orchestrator.export.file_name import export_stem
from orchestrator.export.known_gaps import Gap, GapWatch
from orchestrator.export.run_chunks import background_writer, require_run, temperature_measured
from orchestrator.export.sidecar import run_metadata
from orchestrator.export.step_totals import StepTotals
from orchestrator.store.surroundings import Ambient, ambient_of

__all__ = ["BdfFormat", "ExportError", "ExportedFiles", "export_run"]

BdfFormat = Literal["csv", "parquet"]


@dataclass(frozen=True, slots=True)
class ExportedFiles:
    """What an export has written."""

    data: Path
    cycles: Path
    metadata: Path
    """Written last: where it stands, the export is whole."""
    records: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    records: int
    gaps: tuple[Gap, ...]
    unattributed_Ah: float


class _Sink(Protocol):
    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


_SINKS: dict[str, Any] = {"csv": CsvSink, "parquet": ParquetSink}


def export_run(
    conn: Connection,
    run_id: int,
    directory: Path,
    *,
    format: BdfFormat,  # noqa: A002 - the word that the command line uses
    chunk_records: int = CHUNK_RECORDS,
) -> ExportedFiles:
    """Write ``NAME.bdf.csv`` or ``NAME.bdf.parquet``, ``NAME.cycles.csv`` and ``NAME.bdf.metadata.json``.

    Each file appears whole or not at all; a run that goes on is exported as far as it is stored. Memory does not grow
    with the run. Raises ExportError (no such run, no such format), OSError (disk full, no such folder).
    """
    if format not in _SINKS:
        raise ExportError(f"format {format!r} is not known; choose csv or parquet")
    run = require_run(conn, run_id)
    stem = export_stem(run.cell_id, run.started_unix_s or run.created_unix_s, run_id)
    data, cycles = directory / f"{stem}.bdf.{format}", directory / f"{stem}.cycles.csv"
    metadata = directory / f"{stem}.bdf.metadata.json"
    metadata.unlink(missing_ok=True)  # an earlier export is not whole from here on
    ambient = ambient_of(conn, run)
    schema = bdf_schema(temperature=temperature_measured(conn, run_id), ambient=ambient is not None)
    with atomic_file(data) as stream, closing(_SINKS[format](stream, schema)) as sink:
        written = _write_records(conn, run_id, sink, schema, ambient, chunk_records)
    with atomic_file(cycles) as stream:
        write_cycles(conn, run_id, stream)
    with atomic_file(metadata) as stream:
        content = run_metadata(conn, run, schema.names, written.gaps)
        content["unattributed_step_capacity_Ah"] = written.unattributed_Ah
        stream.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    return ExportedFiles(data, cycles, metadata, written.records, written.gaps)


def _write_records(
    conn: Connection, run_id: int, sink: _Sink, schema: pa.Schema, ambient: Ambient | None, chunk_records: int
) -> _Written:
    totals, watch, records = StepTotals(), GapWatch(), 0
    with background_writer(sink.write) as write:
        for chunk in read_chunks(conn, run_id, chunk_records):
            watch.look(chunk.span, chunk.columns)
            columns = {**chunk.columns, **totals.extend(chunk.span.segment_id, chunk.columns)}
            if ambient is not None:
                columns["ambient_degC"] = ambient.at(conn, chunk.columns["unix_time_s"])
            write(bdf_table(chunk.span.number, columns, schema))
            records += len(chunk)
    return _Written(records, tuple(watch.gaps), totals.unattributed_Ah)
