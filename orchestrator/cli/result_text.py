"""The result of an analysis as lines for a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from orchestrator.cli.table import table_lines
from orchestrator.cli.wording import NOTHING

if TYPE_CHECKING:
    from orchestrator.analysis.result import AnalysisResult, Table, Value
    from orchestrator.web.models.analysis import AnalysisAnswer

__all__ = ["analysis_lines", "table_width"]


def table_width(*, wide: bool) -> int | None:
    """Characters that a line may have: those of the terminal; None: as many as it takes."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() and not wide else None


def analysis_lines(one: AnalysisAnswer, width: int | None) -> Iterator[str]:
    """What an analysis says, tables with as many columns as fit into ``width`` characters (None: all)."""
    options = ", ".join(f"{name} = {value}" for name, value in one.options.items())
    yield f"{one.name}" + (f" ({options})" if options else "") + ("" if one.state == "done" else f": {one.state}")
    if one.result is not None:
        yield from _result_lines(one.result, width)
    yield ""


def _result_lines(stored: Mapping[str, Any], width: int | None) -> Iterator[str]:
    from orchestrator.analysis.result import AnalysisResult

    result: AnalysisResult = AnalysisResult.from_json(stored)
    for line in table_lines(("", "", ""), [_value_cells(value) for value in result.values])[1:]:
        yield f"  {line}"
    for table in result.tables:
        yield f"  {table.name}"
        yield from (f"    {line}" for line in _table(table, width))
    for warning in result.warnings:
        yield f"  note: {warning}"


def _value_cells(value: Value) -> tuple[str, str, str]:
    number = f"{_text(value.value)} {value.unit}".strip()
    if value.uncertainty is not None:
        number = f"{_text(value.value)} ± {_text(value.uncertainty)} {value.unit}".strip()
    return value.name, number, value.note or ""


def _table(table: Table, width: int | None) -> list[str]:
    """The table, with as many of its columns as fit into ``width`` characters (None: all)."""
    header = [f"{column.name} / {column.unit}" if column.unit else column.name for column in table.columns]
    rows = [[_text(entry) for entry in row] for row in table.rows]
    shown = len(header)
    if width is not None:
        widths = [max(map(len, column)) + 2 for column in zip(header, *rows, strict=True)]
        shown = max(1, sum(total <= width - 4 for total in accumulate(widths)))
    lines = table_lines(header[:shown], [row[:shown] for row in rows])
    left = ", ".join(header[shown:])
    return [*lines, f"(wider than this terminal: {left}; see them with --wide)"] if left else lines


def _text(entry: object) -> str:
    if entry is None:
        return NOTHING
    if isinstance(entry, bool):
        return "yes" if entry else "no"
    return f"{entry:.5g}" if isinstance(entry, float) else str(entry)
