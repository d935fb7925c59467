"""A CSV of entered values: a column ``cell``, and one for each value. Read whole, or refused with every problem."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.entered.value import name_problem, value_problem
from protocols.errors import quoted

__all__ = ["PROPERTIES", "EnteredRow", "EnteredTableError", "read_entered_table"]

PROPERTIES = ("active_mass_g", "area_cm2", "nominal_capacity_Ah", "window_min_V", "window_max_V", "material")
"""Columns of the cell itself: not entered as values beside it."""
_CELL = "cell"


class EnteredTableError(ValueError):
    """The table cannot be taken; ``problems`` has one line for each reason, with file and line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """What one line of the table says about one cell."""

    line: int
    cell: str
    values: dict[str, str]
    """As written; an empty field says nothing and is not here."""


def read_entered_table(text: str, name: str) -> tuple[EnteredRow, ...]:
    """Read the rows; ``name`` stands for the file in messages.

    Fields are separated by commas, or by semicolons or tabs where the first line holds those and no comma. Raises
    EnteredTableError.
    """
    lines = _lines(text, name)
    line, header = next(lines, (1, []))
    names = [one.strip() for one in header]
    problems = [f"{name}:{line}  {told}" for told in _header_problems(names)]
    if problems:
        raise EnteredTableError(problems)
    rows: list[EnteredRow] = []
    for line, fields in lines:
        row, told = _row(line, names, [field.strip() for field in fields])
        earlier = next((one.line for one in rows if row and one.cell == row.cell), None)
        if row and earlier is not None:
            told.append(f"cell {row.cell} stands in line {earlier} already; one line for each cell")
        problems += [f"{name}:{line}  {one}" for one in told]
        rows += [row] if row else []
    if not rows and not problems:
        problems.append(f"{name}  holds no cells; write one line for each below the header")
    if problems:
        raise EnteredTableError(problems)
    return tuple(rows)


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold anything, by number; a quoted field may run over several, then the last is told."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = next((one for one in ",;\t" if one in first), ",")
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield reader.line_num, fields
    except csv.Error as error:
        raise EnteredTableError([f"{name}:{reader.line_num}  is no CSV: {error}; save it as CSV UTF-8"]) from error


def _header_problems(names: list[str]) -> list[str]:
    if _CELL not in names:
        return [f"the header has no column {quoted(_CELL)}; write cell,alkali_solubility_pct, …"]
    if len(names) == 1:
        return ["the header names no value; write cell,alkali_solubility_pct, …"]
    problems = [told for one in names if one != _CELL and (told := _column_problem(one))]
    problems += [f"the column {one} stands there twice" for one in dict.fromkeys(names) if names.count(one) > 1]
    return problems


def _column_problem(name: str) -> str | None:
    if name in PROPERTIES:
        return f"{name} belongs to the cell itself; say `cellbench cell change` with its option"
    return name_problem(name)


def _row(line: int, names: list[str], fields: list[str]) -> tuple[EnteredRow | None, list[str]]:
    if len(fields) != len(names):
        return None, [f"{len(fields)} fields where the header has {len(names)}; is a decimal comma in it?"]
    given = dict(zip(names, fields, strict=True))
    cell = given.pop(_CELL)
    values = {name: text for name, text in given.items() if text}
    problems = [told for name, text in values.items() if (told := value_problem(name, text))]
    if not cell:
        return None, ["no cell is named", *problems]
    return EnteredRow(line, cell, values), problems
