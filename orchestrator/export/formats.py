"""Every format that a run can be exported in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection

from orchestrator.export.errors import ExportError
from orchestrator.export.mpt_export import export_mpt
from orchestrator.export.run_export import export_run
from orchestrator.export.spectrum_csv import export_spectra

__all__ = ["ExportFormat", "export_files"]

ExportFormat = Literal["csv", "parquet", "spectra", "mpt"]


def export_files(conn: Connection, run_id: int, directory: Path, file_format: ExportFormat) -> tuple[Path, ...]:
    """Write a run into a folder that exists; return the files, the one that says that all is whole last.

    Raises ExportError (no such run, no such format), OSError (disk full, no such folder).
    """
    if file_format in ("csv", "parquet"):
        bdf = export_run(conn, run_id, directory, format=file_format)
        return (bdf.data, bdf.cycles, bdf.metadata)
    if file_format == "spectra":
        spectra = export_spectra(conn, run_id, directory)
        return (*spectra.spectra, spectra.overview)
    if file_format == "mpt":
        mpt = export_mpt(conn, run_id, directory)
        return (*mpt.spectra, mpt.records)
    raise ExportError(f"format {file_format!r} is not known; choose {', '.join(get_args(ExportFormat))}")
