"""Rows that come a second time: left out where they are the same, refused where they are not."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection

from drivers.contracts import Columns
from orchestrator.store.errors import StoreError
from orchestrator.store.read_columns import MeasuredTable, read_columns

__all__ = ["new_rows"]

_COMPARED: dict[MeasuredTable, tuple[str, ...]] = {
    "records": ("seq", "cycle", "step", "test_time_s", "voltage_V", "current_A", "step_capacity_Ah"),
    "spectra": ("seq", "spectrum", "step", "frequency_Hz", "z_real_Ohm", "z_imag_Ohm"),
}
"""Columns by which a row that comes again is known to be the same."""
_NAMES = {"records": "records {}..{}", "spectra": "points {}..{} of its spectra"}


def new_rows(connection: Connection, segment_id: int, columns: Columns, last_seq: int, table: MeasuredTable) -> Columns:
    """Return the rows behind ``last_seq``. Raises StoreError unless those before it equal the stored."""
    seq = columns["seq"]
    known = int(np.searchsorted(seq, last_seq, side="right"))
    compared = _COMPARED[table]
    stored = read_columns(connection, segment_id, int(seq[0]), int(seq[known - 1]), compared, table)
    for name in compared:
        if not np.array_equal(stored[name], columns[name][:known]):
            raise StoreError(
                f"segment {segment_id}: {_NAMES[table].format(seq[0], seq[known - 1])} came again with another {name}; "
                "the instrument's memory is of another test, so nothing of it is stored"
            )
    return {name: column[known:] for name, column in columns.items()}
