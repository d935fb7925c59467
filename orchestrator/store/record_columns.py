"""Checking a batch before it is stored: what gets in is whole, ordered and finite."""

from __future__ import annotations

import numpy as np

from drivers.contracts import RECORD_COLUMNS, Columns
from orchestrator.store.errors import StoreError

__all__ = ["MEASURED", "checked_columns"]

MEASURED = tuple(name for name, kind in RECORD_COLUMNS.items() if kind == "float64" and name != "temperature_degC")
"""Columns that hold a finite number in every record; a temperature may be missing (NaN)."""


def checked_columns(columns: Columns) -> Columns:
    """Return RECORD_COLUMNS of a batch with their types and one length. Raises StoreError with the first fault."""
    missing = [name for name in RECORD_COLUMNS if name not in columns]
    if missing:
        raise StoreError(f"records lack the column {missing[0]}; the driver must deliver all of RECORD_COLUMNS")
    typed = {name: np.asarray(columns[name], dtype=kind) for name, kind in RECORD_COLUMNS.items()}
    seq = typed["seq"]
    for name, column in typed.items():
        if column.shape != seq.shape or column.ndim != 1:
            raise StoreError(f"records: column {name} has shape {column.shape} beside {seq.shape} of seq")
    if not len(seq):
        return typed
    if seq[0] < 1 or (seq[1:] <= seq[:-1]).any():
        raise StoreError(f"records: seq must rise from 1 on, got {_sample(seq)}; the driver mixed up its replies")
    temperature = typed["temperature_degC"]
    typed["temperature_degC"] = np.where(np.isinf(temperature), np.nan, temperature)
    if not np.isfinite(np.array([typed[name] for name in MEASURED])).all():
        name = next(name for name in MEASURED if not np.isfinite(typed[name]).all())
        row = int(seq[np.flatnonzero(~np.isfinite(typed[name]))[0]])
        raise StoreError(f"records: {name} of record {row} is not a number; the driver must refuse such a reply")
    return typed


def _sample(seq: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    return f"{seq[:4].tolist()}…{seq[-1]}"
