"""Columns of a result's table as numbers for drawing."""

from __future__ import annotations

import numpy as np

from orchestrator.analysis.result import Table
from orchestrator.report.measured_run import Array

__all__ = ["numbers", "rows_where", "unit_of"]


def numbers(table: Table, name: str) -> Array:
    """Return a column; NaN where nothing stands. Raises KeyError."""
    return np.array([np.nan if entry is None else entry for entry in table.column(name)], dtype=float)


def rows_where(table: Table, **wanted: object) -> Table:
    """Return the table with only the rows whose columns (blanks written as underscores) have these entries."""
    kept = np.ones(len(table.rows), dtype=bool)
    for name, entry in wanted.items():
        kept &= np.array([one == entry for one in table.column(name.replace("_", " "))], dtype=bool)
    return Table(table.name, table.columns, tuple(row for row, keep in zip(table.rows, kept, strict=True) if keep))


def unit_of(table: Table, name: str) -> str:
    """Return a column's unit, written for a label; empty where it has none. Raises KeyError."""
    for column in table.columns:
        if column.name == name:
            return (column.unit or "").replace("cm2", "cm²").replace("cm3", "cm³")
    raise KeyError(name)
