"""Reading records of one segment straight into numpy columns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from drivers.contracts import RECORD_COLUMNS
from orchestrator.store.binary_copy import copy_out

__all__ = ["read_columns"]

_MAY_BE_NULL = {"temperature_degC"}
_WIDTHS = {"int64": ">i8", "int32": ">i4", "int8": ">i2", "float64": ">f8"}


def read_columns(
    connection: Connection, segment_id: int, first_seq: int, last_seq: int, names: tuple[str, ...]
) -> dict[str, npt.NDArray[Any]]:
    """Columns ``names`` of the records with ``first_seq <= seq <= last_seq``, in order, typed as in RECORD_COLUMNS."""
    span = f"segment_id = {int(segment_id)} AND seq BETWEEN {int(first_seq)} AND {int(last_seq)} ORDER BY seq"
    if connection.dialect.name == "postgresql":
        wanted = ", ".join(f"coalesce(\"{name}\", 'NaN')" if name in _MAY_BE_NULL else f'"{name}"' for name in names)
        packed = copy_out(
            connection,
            f"SELECT {wanted} FROM records WHERE {span}",  # noqa: S608 - our own names and integers
            {name: _WIDTHS[RECORD_COLUMNS[name]] for name in names},
        )
        return {name: packed[name].astype(RECORD_COLUMNS[name], copy=False) for name in names}
    wanted = ", ".join(f'coalesce("{name}", 9e999)' if name in _MAY_BE_NULL else f'"{name}"' for name in names)
    query = f"SELECT {wanted} FROM records WHERE {span}"  # noqa: S608 - likewise
    with connection.exec_driver_sql(query) as result:
        assert result.cursor is not None, "a SELECT has a cursor"  # noqa: S101 - true by construction
        # Value by value from the cursor into the array: the rows never exist together as Python objects. A float64
        # holds whole numbers exactly up to 2**53.
        flat = np.fromiter(chain.from_iterable(cast("Iterable[tuple[float, ...]]", result.cursor)), dtype=np.float64)
    table = flat.reshape(-1, len(names))
    columns = {name: table[:, place].astype(RECORD_COLUMNS[name]) for place, name in enumerate(names)}
    for name in _MAY_BE_NULL & columns.keys():
        columns[name][np.isinf(columns[name])] = np.nan
    return columns
