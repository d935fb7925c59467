"""Writing points of impedance spectra; they come by the dozen, so one statement for all is enough."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from drivers.contracts import SPECTRUM_COLUMNS, Columns
from orchestrator.store.binary_copy import copy_in

__all__ = ["insert_points"]

_NAMES = ("segment_id", *SPECTRUM_COLUMNS)
_QUOTED = ", ".join(f'"{name}"' for name in _NAMES)
_INSERT = f"INSERT INTO spectra ({_QUOTED}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608 - our own names
_POSTGRES_TYPES = {"segment_id": ">i4", "seq": ">i8", "spectrum": ">i4", "cycle": ">i4", "step": ">i4"}
"""Widths of the columns in orchestrator.store.measurement_tables; the others are double precision."""


def insert_points(connection: Connection, segment_id: npt.NDArray[np.int64], spectra: Columns) -> None:
    """Insert points of one or more segments; columns as checked by ``checked_spectra``, beside whose each is."""
    if connection.dialect.name == "postgresql":
        copy_in(connection, "spectra", {"segment_id": segment_id, **spectra}, _POSTGRES_TYPES)
        return
    columns = [segment_id.tolist(), *(spectra[name].tolist() for name in SPECTRUM_COLUMNS)]
    connection.exec_driver_sql(_INSERT, list(zip(*columns, strict=True)))  # SQLite stores a NaN as NULL
