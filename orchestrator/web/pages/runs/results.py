"""What analyses say of a run, as texts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.result import AnalysisResult, Scalar, Table, Value
from orchestrator.store.analyses import Analysis, list_analyses

__all__ = ["ShownResult", "ShownTable", "shown_results"]

_ROWS_MAX = 50
_DIGITS = 5
_WRITTEN_OUT_BELOW = 1e7


@dataclass(frozen=True, slots=True)
class ShownTable:
    """The first rows of a table."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One analysis that was asked for."""

    analysis: Analysis
    options: str
    newest: bool
    """Whether no later one of the same name is done."""
    values: tuple[tuple[str, str, str, str], ...]
    """Name, value with its uncertainty, unit, note."""
    warnings: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    used: str
    """Cycles on which it rests."""
    unreadable: str
    """Why a stored result cannot be shown; empty where it can."""


def shown_results(connection: Connection, run_id: int) -> list[ShownResult]:
    """Newest first."""
    found = list_analyses(connection, run_id)[::-1]
    later: set[str] = set()
    shown = []
    for one in found:
        shown.append(_shown(one, newest=one.name not in later))
        if one.state == "done":
            later.add(one.name)
    return shown


def _shown(one: Analysis, *, newest: bool) -> ShownResult:
    result, unreadable = AnalysisResult(), ""
    if one.result is not None:
        try:
            result = AnalysisResult.from_json(one.result)
        except AnalysisError as error:
            unreadable = str(error)
    return ShownResult(
        analysis=one,
        options=", ".join(f"{name} = {value}" for name, value in one.options.items()),
        newest=newest,
        values=tuple(map(_value, result.values)),
        warnings=result.warnings,
        tables=tuple(map(_table, result.tables)),
        used="; ".join(_ranges(part.cycles) for part in result.provenance if part.cycles),
        unreadable=unreadable,
    )


def _value(value: Value) -> tuple[str, str, str, str]:
    unit = "" if value.unit == "1" else value.unit
    text = _number(value.value)
    if value.value is not None and value.uncertainty is not None:
        text += f" ± {_number(value.uncertainty, 2)}"
    return value.name, text, unit, value.note or ""


def _table(table: Table) -> ShownTable:
    head = tuple(f"{one.name} / {one.unit}" if one.unit else one.name for one in table.columns)
    rows = tuple(tuple(map(_entry, row)) for row in table.rows[:_ROWS_MAX])
    return ShownTable(table.name, head, rows, max(len(table.rows) - _ROWS_MAX, 0))


def _entry(entry: Scalar) -> str:
    return _number(entry) if isinstance(entry, float) or entry is None else str(entry)


def _number(value: float | None, digits: int = _DIGITS) -> str:
    if value is None:
        return "–"
    text = f"{value:.{digits}g}"
    return (f"{float(text):.0f}" if "e+" in text and abs(value) < _WRITTEN_OUT_BELOW else text).replace("-", "−")


def _ranges(ranges: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
