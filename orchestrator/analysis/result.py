"""What an analysis returns: values with units, tables, warnings, and from which data they come. JSON, versioned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from orchestrator.analysis.errors import AnalysisError

__all__ = ["AnalysisResult", "Column", "RunUsed", "Scalar", "Table", "Value", "merge_runs"]

Scalar = bool | int | float | str | None
"""A table's entry; None where there is no number. Never NaN: JSON has none."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number that somebody asked for."""

    name: str
    value: float | None
    """None: it could not be said; ``note`` tells why."""
    unit: str
    uncertainty: float | None = None
    """One standard deviation, in the same unit."""
    note: str | None = None

    def __post_init__(self) -> None:
        _refuse_not_finite(self.name, (self.value, self.uncertainty))


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table's column."""

    name: str
    unit: str | None = None
    """None for text, flags and plain counts."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Scalar, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.name}: a row has {len(row)} entries under {len(self.columns)} columns")
            _refuse_not_finite(self.name, row)

    def column(self, name: str) -> tuple[Scalar, ...]:
        """Entries of one column. Raises KeyError."""
        names = [column.name for column in self.columns]
        if name not in names:
            raise KeyError(name)
        return tuple(row[names.index(name)] for row in self.rows)


@dataclass(frozen=True, slots=True)
class RunUsed:
    """Provenance: which part of a run the numbers rest on. Ranges are inclusive."""

    run_id: int
    cycles: tuple[tuple[int, int], ...]
    records: tuple[tuple[int, int], ...] = ()
    """Record numbers within the run; empty where only the instrument's cycle counters were used."""


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """Everything an analysis says. ``version`` is the version of this JSON form."""

    values: tuple[Value, ...] = ()
    tables: tuple[Table, ...] = ()
    warnings: tuple[str, ...] = ()
    """Assumptions that failed, one line each."""
    provenance: tuple[RunUsed, ...] = ()
    version: Literal[1] = 1

    def value(self, name: str) -> Value:
        """Return the value of this name. Raises KeyError."""
        for value in self.values:
            if value.name == name:
                return value
        raise KeyError(name)

    def table(self, name: str) -> Table:
        """Return the table of this name. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values."""
        dumped: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return dumped

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> AnalysisResult:
        """Read what ``to_json`` wrote. Raises AnalysisError on another version or another shape."""
        if stored.get("version") != 1:
            raise AnalysisError(f"result of version {stored.get('version')!r}; this code reads version 1")
        try:
            return _ADAPTER.validate_python(stored)
        except ValidationError as error:
            raise AnalysisError(f"not an analysis result: {error.errors()[0]['msg']}") from error


_ADAPTER: TypeAdapter[AnalysisResult] = TypeAdapter(AnalysisResult)


def merge_runs(results: Iterable[tuple[int, AnalysisResult]]) -> AnalysisResult:
    """Join the results of several runs; with more than one, names and warnings start with ``run 17:``."""
    results = list(results)
    if len(results) == 1:
        return results[0][1]
    return AnalysisResult(
        values=tuple(replace(v, name=f"run {run_id}: {v.name}") for run_id, result in results for v in result.values),
        tables=tuple(replace(t, name=f"run {run_id}: {t.name}") for run_id, result in results for t in result.tables),
        warnings=tuple(f"run {run_id}: {line}" for run_id, result in results for line in result.warnings),
        provenance=tuple(used for _, result in results for used in result.provenance),
    )


def _refuse_not_finite(name: str, entries: Iterable[Scalar]) -> None:
    for entry in entries:
        if isinstance(entry, float) and not math.isfinite(entry):
            raise ValueError(f"{name}: {entry} is not a number that can be stored; use None and say why")
