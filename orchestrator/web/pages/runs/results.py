"""What analyses say of a run, as texts and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.result import AnalysisResult, Scalar, Table, Value
from orchestrator.store.analyses import Analysis, list_analyses
from orchestrator.web.sentences.phrasebook import Phrasebook

__all__ = ["ShownResult", "ShownTable", "shown_results"]

_ROWS_MAX = 50
_DIGITS = 5
_WRITTEN_OUT_BELOW = 1e7
_PEOPLES_OWN = frozenset({"label", "cell", "group"})
"""Columns of words that somebody has chosen: they stay as they were written."""


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
    title: str
    """Its name in the reader's language."""
    options: str
    newest: bool
    """Whether no later one of the same name is done."""
    values: tuple[tuple[str, str, str, str, str], ...]
    """Name as it is stored, name in the reader's language, value with its uncertainty, unit, note."""
    warnings: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    used: str
    """Cycles on which it rests."""
    unreadable: str
    """Why a stored result cannot be shown; empty where it can."""


def shown_results(connection: Connection, run_id: int, book: Phrasebook) -> list[ShownResult]:
    """Newest first, in the language of the book."""
    found = list_analyses(connection, run_id)[::-1]
    later: set[str] = set()
    shown = []
    for one in found:
        shown.append(_shown(one, book, newest=one.name not in later))
        if one.state == "done":
            later.add(one.name)
    return shown


def _shown(one: Analysis, book: Phrasebook, *, newest: bool) -> ShownResult:
    result, unreadable = AnalysisResult(), ""
    if one.result is not None:
        try:
            result = AnalysisResult.from_json(one.result)
        except AnalysisError as error:
            unreadable = str(error)
    return ShownResult(
        analysis=one,
        title=book.word(one.name),
        options=", ".join(f"{name} = {value}" for name, value in one.options.items()),
        newest=newest,
        values=tuple(_value(value, book) for value in result.values),
        warnings=tuple(map(book.say, result.warnings)),
        tables=tuple(_table(table, book) for table in result.tables),
        used="; ".join(_ranges(part.cycles) for part in result.provenance if part.cycles),
        unreadable=unreadable,
    )


def _value(value: Value, book: Phrasebook) -> tuple[str, str, str, str, str]:
    unit = "" if value.unit == "1" else book.word(value.unit)
    text = _number(value.value)
    if value.value is not None and value.uncertainty is not None:
        text += f" ± {_number(value.uncertainty, 2)}"
    return value.name, book.word(value.name), text, unit, book.word(value.note or "")


def _table(table: Table, book: Phrasebook) -> ShownTable:
    head = tuple(
        f"{book.word(one.name)} / {book.word(one.unit)}" if one.unit else book.word(one.name) for one in table.columns
    )
    word = [str if column.name in _PEOPLES_OWN else book.word for column in table.columns]
    rows = tuple(tuple(map(_entry, row, word)) for row in table.rows[:_ROWS_MAX])
    return ShownTable(book.word(table.name), head, rows, max(len(table.rows) - _ROWS_MAX, 0))


def _entry(entry: Scalar, word: Callable[[str], str]) -> str:
    return _number(entry) if isinstance(entry, float) or entry is None else word(str(entry))


def _number(value: float | None, digits: int = _DIGITS) -> str:
    if value is None:
        return "–"
    text = f"{value:.{digits}g}"
    return (f"{float(text):.0f}" if "e+" in text and abs(value) < _WRITTEN_OUT_BELOW else text).replace("-", "−")


def _ranges(ranges: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
