"""Minima and maxima of a range of records, from the coarsest stored level that still shows enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from orchestrator.store.levels import FAN_OUT, LEVELS
from orchestrator.store.read_columns import read_columns
from orchestrator.store.seq_range import last_seq_of

__all__ = ["EXTREMES", "merged", "read_extremes"]

EXTREMES = {
    "records": "int64",
    "first_test_time_s": "float64",
    "last_test_time_s": "float64",
    "voltage_min_V": "float64",
    "voltage_max_V": "float64",
    "current_min_A": "float64",
    "current_max_A": "float64",
    "temperature_min_degC": "float64",
    "temperature_max_degC": "float64",
    "step_capacity_min_Ah": "float64",
    "step_capacity_max_Ah": "float64",
}
"""Columns of a decimated window with their numpy types; a temperature is NaN where no record has one.

Levels do not hold the step's capacity: where one is read, it is that of the last record of each of its buckets, of so
many buckets as are drawn, and NaN in the others.
"""

_CAPACITY = ("step_capacity_min_Ah", "step_capacity_max_Ah")
_CAPACITIES_MAX = 4096

_READ_MAX = 60_000
"""Rows read for one plot, about: some 50 ms. More records than that are read from a level."""

Extremes = dict[str, npt.NDArray[Any]]


def read_extremes(connection: Connection, segment_id: int, first: int, last: int, total: int) -> Extremes:
    """EXTREMES of the records first..last, finest first choice, where the whole plot covers ``total`` records."""
    level = next((level for level in (0, *LEVELS) if total // FAN_OUT**level <= _READ_MAX), LEVELS[-1])
    stored_to = last_seq_of(connection, segment_id) or 0
    parts = list(_cover(connection, segment_id, first, min(last, stored_to), level, stored_to))
    table = np.concatenate([np.empty((0, len(EXTREMES))), *parts])
    return {name: table[:, place].astype(kind) for place, (name, kind) in enumerate(EXTREMES.items())}


def merged(extremes: Extremes, buckets: int) -> Extremes:
    """Join neighbours until about ``buckets`` with equally many records are left."""
    reached = np.cumsum(extremes["records"])
    if len(reached) <= buckets:
        return extremes
    number = (reached - extremes["records"]) * buckets // reached[-1]
    first = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    last = np.append(first[1:], len(reached)) - 1
    joined: Extremes = {}
    for name, column in extremes.items():
        if name == "records":
            joined[name] = np.add.reduceat(column, first)
        elif name.startswith("first_"):
            joined[name] = column[first]
        elif name.startswith("last_"):
            joined[name] = column[last]
        else:  # fmin and fmax pass over NaN
            joined[name] = (np.fmin if "_min_" in name else np.fmax).reduceat(column, first)
    return joined


def _cover(
    connection: Connection, segment_id: int, first: int, last: int, level: int, stored_to: int
) -> Iterator[npt.NDArray[np.float64]]:
    """Full buckets of a level in the middle, the edges (and what no bucket covers yet) from the levels below."""
    if first > last:
        return
    if level == 0:
        yield _single(connection, segment_id, first, last)
        return
    size = FAN_OUT**level
    begin = -(-(first - 1) // size)
    end = min(last, stored_to) // size
    if begin >= end:
        yield from _cover(connection, segment_id, first, last, level - 1, stored_to)
        return
    yield from _cover(connection, segment_id, first, begin * size, level - 1, stored_to)
    yield _stored(connection, segment_id, level, begin, end)
    yield from _cover(connection, segment_id, end * size + 1, last, level - 1, stored_to)


def _stored(connection: Connection, segment_id: int, level: int, begin: int, end: int) -> npt.NDArray[np.float64]:
    names = ", ".join(f'"{name}"' for name in EXTREMES if name not in _CAPACITY)
    every = -(-(end - begin) // _CAPACITIES_MAX)
    size = FAN_OUT**level
    query = (
        f"SELECT {names}, CASE WHEN bucket - bucket / {every} * {every} = 0 THEN "  # noqa: S608 - our names, integers
        '(SELECT "step_capacity_Ah" FROM records WHERE records.segment_id = record_levels.segment_id '
        f"AND records.seq = (record_levels.bucket + 1) * CAST({size} AS bigint)) END FROM record_levels "
        f"WHERE segment_id = {int(segment_id)} AND level = {level} AND bucket >= {begin} AND bucket < {end} "
        "ORDER BY bucket"
    )
    rows = connection.exec_driver_sql(query).fetchall()
    table = np.array([(*row, row[-1]) for row in rows], dtype=np.float64)
    return table.reshape(-1, len(EXTREMES))


def _single(connection: Connection, segment_id: int, first: int, last: int) -> npt.NDArray[np.float64]:
    names = ("test_time_s", "voltage_V", "current_A", "temperature_degC", "step_capacity_Ah")
    time_s, *measured = read_columns(connection, segment_id, first, last, names).values()
    twice = [column for column in measured for _ in range(2)]
    return np.column_stack([np.ones(len(time_s)), time_s, time_s, *twice])
