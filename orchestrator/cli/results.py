"""``cellbench results``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.table import table_lines
from orchestrator.cli.wording import NOTHING

if TYPE_CHECKING:
    from orchestrator.analysis.result import AnalysisResult, Table, Value
    from orchestrator.web.models.log import AnalysisAnswer

__all__ = ["results"]


@click.command("results")
@click.argument("run", type=click.IntRange(min=1))
@click.option("--again", multiple=True, metavar="NAME", help="Ask for this analysis (again); the node carries it out.")
@click.option("--wide", is_flag=True, help="All columns of every table, also where the terminal is narrower.")
@actor_option
@service_options
def results(run: int, again: tuple[str, ...], wide: bool, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Show the results of a run's analyses: the newest of each."""
    with open_client(lab_path, url) as client:
        for name in again:
            one = client.analyse(run, name, {}, actor)
            click.echo(f"analysis {one.id}, {one.name}, of run {run}: {one.state}")
        if again:
            return
        found = _newest(client.analyses(run))
    if not found:
        click.echo("no analyses: the protocol names none, or the run has not ended")
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() and not wide else None
    for one in found:
        for line in _lines(one, width):
            click.echo(line)
    failed = [f"{one.name} failed: {one.error}" for one in found if one.state == "failed"]
    if failed:
        raise CommandRefused(failed)


def _newest(found: list[AnalysisAnswer]) -> list[AnalysisAnswer]:
    by_name: dict[str, AnalysisAnswer] = {}
    for one in found:
        by_name.setdefault(f"{one.name} {sorted(one.options.items())}", one)
    return sorted(by_name.values(), key=lambda one: one.id)


def _lines(one: AnalysisAnswer, width: int | None) -> Iterator[str]:
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
