"""What chambers measured: every look of the engine, and their temperature at other times."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from orchestrator.store.tables import chamber_records

__all__ = ["GAP_MAX_S", "ChamberRecord", "insert_chamber_records", "process_values", "read_chamber"]

GAP_MAX_S = 600.0
"""Nothing is said about a chamber between two looks that lie further apart."""
_BLOCK_S = 86_400.0
_INSERT = (
    'INSERT INTO chamber_records (chamber, unix_time_s, "process_degC", "set_point_degC", output_percent, state) '
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (chamber, unix_time_s) DO NOTHING"
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChamberRecord:
    """One look at one chamber; None: it did not tell, or its sensor failed."""

    chamber: str
    unix_time_s: float
    process_degC: float | None
    set_point_degC: float | None
    output_percent: float | None
    state: str
    """drivers.contracts.ChamberState"""


def insert_chamber_records(connection: Connection, looks: Iterable[ChamberRecord]) -> None:
    """Store looks at any chambers, in one statement; a look at the same moment that is stored already stands."""
    rows = [
        (
            look.chamber,
            look.unix_time_s,
            _number(look.process_degC),
            _number(look.set_point_degC),
            _number(look.output_percent),
            look.state,
        )
        for look in looks
    ]
    if rows:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        connection.exec_driver_sql(_INSERT.replace("?", mark), rows)


def read_chamber(
    connection: Connection, chamber: str, start_unix_s: float, end_unix_s: float, count_max: int | None = None
) -> dict[str, Floats]:
    """``unix_time_s``, ``process_degC``, ``set_point_degC``, ``output_percent`` of a time window; NaN: not told.

    ``count_max``: only so many looks, the earliest.
    """
    names = ("unix_time_s", "process_degC", "set_point_degC", "output_percent")
    inside = (chamber_records.c.chamber == chamber) & chamber_records.c.unix_time_s.between(start_unix_s, end_unix_s)
    query = select(*(chamber_records.c[name] for name in names)).where(inside).order_by(chamber_records.c.unix_time_s)
    query = query.limit(count_max)
    rows: Any = [tuple(row) for row in connection.execute(query)]
    table = np.array(rows, dtype=np.float64).reshape(-1, len(names))  # None becomes NaN
    return {name: table[:, place] for place, name in enumerate(names)}


def process_values(connection: Connection, chamber: str, unix_time_s: Floats) -> Floats:
    """The chamber's temperature in degC at these times, between the looks around each.

    NaN before the first look, behind the last, and between two that lie more than GAP_MAX_S apart. One day of looks is
    in memory at a time.
    """
    values = np.full(len(unix_time_s), np.nan)
    block = np.floor(unix_time_s / _BLOCK_S)
    for day in np.unique(block).tolist():
        inside = block == day
        looks = read_chamber(connection, chamber, *_around(connection, chamber, unix_time_s[inside]))
        values[inside] = _between(looks["unix_time_s"], looks["process_degC"], unix_time_s[inside])
    return values


def _around(connection: Connection, chamber: str, wanted_unix_s: Floats) -> tuple[float, float]:
    """First and last moment to read, so that every wanted one has a look on either side where there is one."""
    at, of = chamber_records.c.unix_time_s, chamber_records.c.chamber == chamber
    first, last = float(wanted_unix_s.min()), float(wanted_unix_s.max())
    before = connection.scalar(select(func.max(at)).where(of, at <= first, at >= first - GAP_MAX_S))
    behind = connection.scalar(select(func.min(at)).where(of, at >= last, at <= last + GAP_MAX_S))
    return first if before is None else before, last if behind is None else behind


def _between(looked_unix_s: Floats, process_degC: Floats, wanted_unix_s: Floats) -> Floats:
    if not len(looked_unix_s):
        return np.full(len(wanted_unix_s), np.nan)
    values = np.interp(wanted_unix_s, looked_unix_s, process_degC, left=np.nan, right=np.nan)
    behind = np.clip(np.searchsorted(looked_unix_s, wanted_unix_s), 1, max(1, len(looked_unix_s) - 1))
    if len(looked_unix_s) > 1:
        apart_s = looked_unix_s[behind] - looked_unix_s[behind - 1]
        met = np.isin(wanted_unix_s, looked_unix_s)
        values[(apart_s > GAP_MAX_S) & ~met] = np.nan
    return values


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
