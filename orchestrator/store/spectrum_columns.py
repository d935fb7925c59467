"""Checking the points of impedance spectra before they are stored: whole, ordered and finite."""

from __future__ import annotations

import numpy as np

from drivers.contracts import SPECTRUM_COLUMNS, Columns
from orchestrator.store.errors import StoreError

__all__ = ["checked_spectra"]


def checked_spectra(spectra: Columns) -> Columns:
    """Return SPECTRUM_COLUMNS with their types and one length, empty where there is no point.

    Raises StoreError with the first fault.
    """
    if not spectra:
        return {}
    missing = [name for name in SPECTRUM_COLUMNS if name not in spectra]
    if missing:
        raise StoreError(f"spectra lack the column {missing[0]}; the driver must deliver all of SPECTRUM_COLUMNS")
    typed = {name: np.asarray(spectra[name], dtype=kind) for name, kind in SPECTRUM_COLUMNS.items()}
    seq = typed["seq"]
    for name, column in typed.items():
        if column.shape != seq.shape or column.ndim != 1:
            raise StoreError(f"spectra: column {name} has shape {column.shape} beside {seq.shape} of seq")
    if not len(seq):
        return {}
    if seq[0] < 1 or (seq[1:] <= seq[:-1]).any():
        raise StoreError(f"spectra: seq must rise from 1 on, got {seq[:4].tolist()}…{seq[-1]}; the driver mixed it up")
    number = typed["spectrum"]
    if number[0] < 1 or (number[1:] < number[:-1]).any():
        raise StoreError(f"spectra: spectrum must count from 1 and never fall, got {number[0]}…{number[-1]}")
    typed["temperature_degC"] = np.where(np.isinf(typed["temperature_degC"]), np.nan, typed["temperature_degC"])
    _require_numbers(typed)
    return typed


def _require_numbers(typed: Columns) -> None:
    for name, kind in SPECTRUM_COLUMNS.items():
        if kind != "float64" or name == "temperature_degC":
            continue
        wrong = np.flatnonzero(~np.isfinite(typed[name].astype(np.float64)))
        if len(wrong):
            point = int(typed["seq"][wrong[0]])
            raise StoreError(f"spectra: {name} of point {point} is not a number; the driver must refuse such a reply")
    if (typed["frequency_Hz"].astype(np.float64) <= 0).any():
        raise StoreError("spectra: a frequency is not above zero; the driver must refuse such a reply")
