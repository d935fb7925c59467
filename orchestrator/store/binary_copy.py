"""PostgreSQL's binary COPY, both ways, between columns and bytes without a Python object per value.

Format: PostgreSQL manual, COPY, "Binary Format": an 11-byte signature, flags and header extension (int32 each), then
per row the field count (int16) and per field its length (int32, -1 for NULL) and its big-endian bytes; -1 ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from drivers.contracts import Columns

__all__ = ["copy_in", "copy_out"]

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
_HEADER = _SIGNATURE + bytes(8)
_END = b"\xff\xff"


def copy_in(connection: Connection, table: str, columns: Columns, types: Mapping[str, str]) -> None:
    """Append rows; ``types`` names big-endian types, ``>f8`` where silent. NaN in the last column becomes NULL."""
    names = list(columns)
    missing = np.isnan(columns[names[-1]])
    kept = ~missing
    whole = {name: column[kept] for name, column in columns.items()} if missing.any() else columns
    data = [_HEADER, _pack(whole, types, null_last=False)]
    if missing.any():
        data.append(_pack({name: column[missing] for name, column in columns.items()}, types, null_last=True))
    statement = f"COPY {table} ({_quoted(names)}) FROM STDIN (FORMAT BINARY)"
    with (
        _errors_as_sqlalchemy(connection, statement),
        _driver(connection).cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for chunk in (*data, _END):
            copy.write(chunk)


def copy_out(connection: Connection, query: str, types: Mapping[str, str]) -> dict[str, npt.NDArray[Any]]:
    """Read the rows of ``query``, whose columns are ``types`` in order and never NULL, in native byte order."""
    statement = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    with (
        _errors_as_sqlalchemy(connection, statement),
        _driver(connection).cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        received = b"".join(copy)
    rows = np.frombuffer(received, _row(types, null_last=False), offset=len(_HEADER), count=_count(received, types))
    return {name: rows[name].astype(np.dtype(kind).newbyteorder("=")) for name, kind in types.items()}


def _count(received: bytes, types: Mapping[str, str]) -> int:
    return (len(received) - len(_HEADER) - len(_END)) // _row(types, null_last=False).itemsize


def _row(types: Mapping[str, str], *, null_last: bool) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in types.items():
        fields += [(f"{name} length", ">i4"), (name, kind)]
    return np.dtype(fields[:-1] if null_last else fields)


def _pack(columns: Columns, types: Mapping[str, str], *, null_last: bool) -> bytes:
    row = _row({name: types.get(name, ">f8") for name in columns}, null_last=null_last)
    packed = np.empty(len(next(iter(columns.values()))), row)
    packed["fields"] = len(columns)
    for name, column in columns.items():
        if name in row.names:  # type: ignore[operator]  # a structured type has names
            packed[f"{name} length"] = row[name].itemsize
            packed[name] = column
        else:
            packed[f"{name} length"] = -1
    return packed.tobytes()


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _driver(connection: Connection) -> Any:
    """Psycopg's own connection: SQLAlchemy knows no COPY."""
    return connection.connection.driver_connection


@contextmanager
def _errors_as_sqlalchemy(connection: Connection, statement: str) -> Iterator[None]:
    dbapi = connection.dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as error:
        lost = bool(_driver(connection).closed)
        if lost:
            connection.invalidate(error)
        raise DBAPIError(statement, None, error, connection_invalidated=lost) from error
