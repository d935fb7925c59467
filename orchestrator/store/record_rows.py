"""Writing many records at once: executemany with tuples on SQLite, binary COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from drivers.contracts import RECORD_COLUMNS, Columns
from orchestrator.store.binary_copy import copy_in

__all__ = ["insert_records"]

_NAMES = ("segment_id", *RECORD_COLUMNS)
_QUOTED = ", ".join(f'"{name}"' for name in _NAMES)
_ROW = f"({', '.join('?' * len(_NAMES))})"
_INSERT = f"INSERT INTO records ({_QUOTED}) VALUES {_ROW}"  # noqa: S608 - our own names
_AT_ONCE = 64
"""Rows in one statement: measured a quarter faster than one each; their parameters stay below any SQLite's 999."""
_INSERT_MANY = f"{_INSERT}{f', {_ROW}' * (_AT_ONCE - 1)}"
_POSTGRES_TYPES = {
    "segment_id": ">i4",
    "seq": ">i8",
    "cycle": ">i4",
    "step": ">i4",
    "step_kind": ">i2",
}
"""Widths of the columns in orchestrator.store.tables; the others are double precision."""


def insert_records(connection: Connection, segment_id: npt.NDArray[np.int64], columns: Columns) -> None:
    """Insert records of one or more segments; columns as checked by ``checked_columns``, beside whose segment it is."""
    if connection.dialect.name == "postgresql":
        copy_in(connection, "records", {"segment_id": segment_id, **columns}, _POSTGRES_TYPES)
        return
    flat = _row_after_row([segment_id, *(columns[name] for name in RECORD_COLUMNS)])
    block = _AT_ONCE * len(_NAMES)
    whole = len(flat) - len(flat) % block
    for statement, width, begin, end in (
        (_INSERT_MANY, block, 0, whole),
        (_INSERT, len(_NAMES), whole, len(flat)),
    ):
        if begin < end:
            connection.exec_driver_sql(statement, [tuple(flat[at : at + width]) for at in range(begin, end, width)])


def _row_after_row(columns: Sequence[npt.NDArray[Any]]) -> list[Any]:
    """Values in the order of their rows: no tuple a row, whose number would set off Python's garbage collector.

    A NaN is left as it is: SQLite stores it as NULL (https://www.sqlite.org/c3ref/bind_blob.html).
    """
    flat: list[Any] = [None] * (len(columns) * len(columns[0]))
    for place, column in enumerate(columns):
        flat[place :: len(columns)] = column.tolist()
    return flat
