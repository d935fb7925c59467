"""Impedance spectra as CSV: a bare table for each, which every program reads, and one overview that names them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from orchestrator.export.atomic_file import atomic_file
from orchestrator.export.file_name import export_stem
from orchestrator.export.run_chunks import require_run
from orchestrator.store.spectra import Spectrum, list_spectra, read_points
from orchestrator.store.surroundings import Ambient, ambient_of

__all__ = ["SpectrumFiles", "export_spectra"]

_OVERVIEW = (
    "Spectrum / 1",
    "File",
    "Cycle Count / 1",
    "Label",
    "Points / 1",
    "Frequency from / Hz",
    "Frequency to / Hz",
    "Voltage / V",
    "Current / A",
    "Temperature T1 / degC",
    "Ambient Temperature / degC",
    "Test Time / s",
    "Unix Time / s",
)


@dataclass(frozen=True, slots=True)
class SpectrumFiles:
    """What an export of spectra has written."""

    overview: Path
    """Written last: where it stands, the export is whole."""
    spectra: tuple[Path, ...]


def export_spectra(conn: Connection, run_id: int, directory: Path) -> SpectrumFiles:
    """Write ``NAME.spectrum-001.csv`` … and ``NAME.spectra.csv``; one spectrum is in memory at a time.

    Each spectrum: frequency in Hz, real and imaginary part in ohm, no header row, as ``numpy.loadtxt`` and
    impedance.py's ``preprocessing.readFile`` expect. Raises ExportError (no such run), OSError.
    """
    run = require_run(conn, run_id)
    stem = export_stem(run.cell_id, run.started_unix_s or run.created_unix_s, run_id)
    overview = directory / f"{stem}.spectra.csv"
    overview.unlink(missing_ok=True)  # an earlier export is not whole from here on
    found = list_spectra(conn, run_id)
    files = tuple(directory / f"{stem}.spectrum-{one.number:03d}.csv" for one in found)
    for one, file in zip(found, files, strict=True):
        _write_spectrum(conn, one, file)
    with atomic_file(overview) as stream:
        stream.write(_overview(conn, found, files, ambient_of(conn, run)))
    return SpectrumFiles(overview, files)


def _write_spectrum(conn: Connection, spectrum: Spectrum, file: Path) -> None:
    columns = read_points(conn, spectrum.span, spectrum.first_seq, spectrum.last_seq)
    numbers = (columns[name].tolist() for name in ("frequency_Hz", "z_real_Ohm", "z_imag_Ohm"))
    with atomic_file(file) as stream:  # repr keeps every bit
        stream.write("".join(f"{f!r},{re!r},{im!r}\n" for f, re, im in zip(*numbers, strict=True)).encode())


def _overview(conn: Connection, found: Sequence[Spectrum], files: Sequence[Path], ambient: Ambient | None) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_OVERVIEW)
    for one, file in zip(found, files, strict=True):
        around = ambient.at(conn, np.array([one.started_unix_s])).item() if ambient else None
        writer.writerow(
            (
                one.number,
                file.name,
                one.cycle,
                one.label or "",
                one.points,
                one.frequency_max_Hz,
                one.frequency_min_Hz,
                one.voltage_V,
                one.current_A,
                _text(one.temperature_degC),
                _text(around),
                one.started_test_time_s,
                f"{one.started_unix_s:.6f}",
            )
        )
    return text.getvalue().encode()


def _text(temperature_degC: float | None) -> str:
    return "NaN" if temperature_degC is None or math.isnan(temperature_degC) else repr(temperature_degC)
