"""Reading records, or points of spectra, of one segment straight into numpy columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS
from orchestrator.store.binary_copy import copy_out

__all__ = ["MeasuredTable", "read_columns"]

MeasuredTable = Literal["records", "spectra"]

_TYPES: Mapping[MeasuredTable, Mapping[str, str]] = {"records": RECORD_COLUMNS, "spectra": SPECTRUM_COLUMNS}
_MAY_BE_NULL = {"temperature_degC"}
_WIDTHS = {"int64": ">i8", "int32": ">i4", "int8": ">i2", "float64": ">f8"}


def read_columns(
    connection: Connection,
    segment_id: int,
    first_seq: int,
    last_seq: int,
    names: tuple[str, ...],
    table: MeasuredTable = "records",
) -> dict[str, npt.NDArray[Any]]:
    """Columns ``names`` of the rows with ``first_seq <= seq <= last_seq``, in order.

    Typed as in RECORD_COLUMNS, or as in SPECTRUM_COLUMNS.
    """
    types = _TYPES[table]
    span = f"segment_id = {int(segment_id)} AND seq BETWEEN {int(first_seq)} AND {int(last_seq)} ORDER BY seq"
    if connection.dialect.name == "postgresql":
        wanted = ", ".join(f"coalesce(\"{name}\", 'NaN')" if name in _MAY_BE_NULL else f'"{name}"' for name in names)
        packed = copy_out(
            connection,
            f"SELECT {wanted} FROM {table} WHERE {span}",  # noqa: S608 - our own names and integers
            {name: _WIDTHS[types[name]] for name in names},
        )
        return {name: packed[name].astype(types[name], copy=False) for name in names}
    wanted = ", ".join(f'coalesce("{name}", 9e999)' if name in _MAY_BE_NULL else f'"{name}"' for name in names)
    query = f"SELECT {wanted} FROM {table} WHERE {span}"  # noqa: S608 - likewise
    with connection.exec_driver_sql(query) as result:
        assert result.cursor is not None, "a SELECT has a cursor"  # noqa: S101 - true by construction
        # Value by value from the cursor into the array: the rows never exist together as Python objects. A float64
        # holds whole numbers exactly up to 2**53.
        flat = np.fromiter(chain.from_iterable(cast("Iterable[tuple[float, ...]]", result.cursor)), dtype=np.float64)
    rows = flat.reshape(-1, len(names))
    columns = {name: rows[:, place].astype(types[name]) for place, name in enumerate(names)}
    for name in _MAY_BE_NULL & columns.keys():
        columns[name][np.isinf(columns[name])] = np.nan
    return columns
