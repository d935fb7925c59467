"""The demo's last words: what the analyses found, and where everything is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.refusal import CommandRefused
from orchestrator.text_table import table_lines

if TYPE_CHECKING:
    from orchestrator.analysis.result import AnalysisResult
    from orchestrator.client import Client
    from orchestrator.config import Lab
    from orchestrator.web.models.analysis import AnalysisAnswer

__all__ = ["print_results", "say_where"]

_ANALYSED_WITHIN_S = 120.0
_EXPORTED = "csv"


def print_results(client: Client, runs: Sequence[int]) -> None:
    """One table a protocol, a row a cell, from the analyses that the protocols name."""
    results = _results(client, runs)
    for protocol, analysis, columns in _TABLES:
        found = [(cell, one) for (cell, of, name), one in results.items() if (of, name) == (protocol, analysis)]
        if found:
            rows = [(cell, *(_value(one, name) for name in columns.values())) for cell, one in sorted(found)]
            _print(f"{protocol}: {analysis}", ("cell", *columns), rows)
    ladders = {
        cell: one for (cell, of, name), one in results.items() if (of, name) == ("rate-ladder", "rate_capability")
    }
    if ladders:
        _print_ladders(ladders)


_TABLES: Sequence[tuple[str, str, Mapping[str, str]]] = (
    (
        "formation",
        "cycles",
        {
            "first discharge, mAh/g": "first discharge capacity",
            "first charge, mAh/g": "first charge capacity",
            "initial CE, %": "initial coulombic efficiency",
            "mean CE of 5, %": "mean coulombic efficiency of the first 5 cycles",
        },
    ),
    (
        "cycling-2c-500",
        "retention",
        {
            "after 100, %": "retention at cycle 100",
            "after 200, %": "retention at cycle 200",
            "after 500, %": "retention at cycle 500",
            "below 80 % at cycle": "cycle below 80 %",
        },
    ),
)
"""Protocol, analysis, and heading → value."""


def _results(client: Client, runs: Sequence[int]) -> dict[tuple[str, str, str], AnalysisResult]:
    """Results by cell, protocol and analysis, once the worker has done them all."""
    from orchestrator.analysis.result import AnalysisResult

    found: dict[tuple[str, str, str], AnalysisResult] = {}
    deadline = time.monotonic() + _ANALYSED_WITHIN_S
    for number in runs:
        run = client.run(number)
        for one in _analysed(client, number, deadline):
            if one.result is None:
                raise CommandRefused(f"analysis {one.name} of run {number} failed: {one.error}")
            found[(run.cell, run.protocol, one.name)] = AnalysisResult.from_json(one.result)
    return found


def _analysed(client: Client, run: int, deadline: float) -> list[AnalysisAnswer]:
    while time.monotonic() < deadline:
        analyses = client.analyses(run)
        if all(one.state not in ("queued", "running") for one in analyses):
            return analyses
        time.sleep(0.2)
    raise CommandRefused(f"the analyses of run {run} did not end within {_ANALYSED_WITHIN_S:g} s")


def _value(result: AnalysisResult, name: str) -> str:
    value = next((value.value for value in result.values if value.name == name), None)
    return "-" if value is None else f"{value:.4g}"


def _print_ladders(ladders: Mapping[str, AnalysisResult]) -> None:
    """Capacity at each rate, in the order in which the ladder went."""
    tables = {cell: result.table("rates") for cell, result in sorted(ladders.items())}
    labels = [str(label).removeprefix("ladder ") for label in next(iter(tables.values())).column("label")]
    rows = [
        (cell, *(f"{capacity:.0f}" if isinstance(capacity, float) else "-" for capacity in table.column("capacity")))
        for cell, table in tables.items()
    ]
    _print("rate-ladder: charge capacity in mAh/g at", ("cell", *labels), rows)


def _print(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    click.echo(f"\n{title}")
    for line in table_lines(header, rows):
        click.echo(f"  {line}")


def say_where(client: Client, lab: Lab, runs: Sequence[int], wall_s: float) -> None:
    """Export every run, and say where the database, the exports and the API are."""
    folder = lab.path.parent / "exports"
    folder.mkdir(exist_ok=True)
    for run in runs[-1:]:
        client.export(run, _EXPORTED, folder)
    records = sum(segment.records for run in runs for segment in client.run(run).segments)
    click.echo(f"\n{records:,} records of {len(runs)} runs in {wall_s:.0f} s")
    click.echo(f"database  {_short(Path(lab.database_url.removeprefix('sqlite:///')))}")
    click.echo(f"exports   {_short(folder)} (run {runs[-1]})")
    click.echo(f"API       {lab.web.url}/ while this runs: cellbench web --lab {_short(lab.path)}")
    click.echo(f"          meanwhile any other run: cellbench export RUN --lab {_short(lab.path)}")


def _short(path: Path) -> str:
    """The path as one would type it here."""
    return os.path.relpath(path)
