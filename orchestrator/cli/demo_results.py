"""What the analyses of the demo's runs found, beside the paper and beside what the simulator was set to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.refusal import CommandRefused
from orchestrator.text_table import table_lines

if TYPE_CHECKING:
    from orchestrator.cli.demo_jobs import Job
    from orchestrator.client import Client
    from orchestrator.report.comparison import ComparisonRow
    from orchestrator.web.models.analysis import AnalysisAnswer

__all__ = ["print_comparison", "wait_for_analyses"]

_ANALYSED_WITHIN_S = 120.0
_MARK = "<<"


def wait_for_analyses(client: Client, jobs: Mapping[int, Job]) -> None:
    """Ask for what a job wants once more, and wait until every result is there; ``jobs`` by run.

    Raises CommandRefused for an analysis that failed or does not end.
    """
    deadline = time.monotonic() + _ANALYSED_WITHIN_S
    for run, job in jobs.items():
        before = {one.name: one for one in _analysed(client, run, deadline)}
        if job.again is not None:
            name, more = job.again
            client.analyse(run, name, {**_plain(before[name]), **more}, "demo")
    for run in (run for run, job in jobs.items() if job.again is not None):
        _analysed(client, run, deadline)


def _plain(answer: AnalysisAnswer) -> dict[str, float | str]:
    return {name: value for name, value in answer.options.items() if isinstance(value, float | int | str)}


def _analysed(client: Client, run: int, deadline: float) -> list[AnalysisAnswer]:
    while time.monotonic() < deadline:
        analyses = client.analyses(run)
        if all(one.state not in ("queued", "running") for one in analyses):
            failed = [f"analysis {one.name} of run {run} failed: {one.error}" for one in analyses if one.result is None]
            if failed:
                raise CommandRefused(failed)
            return analyses
        time.sleep(0.2)
    raise CommandRefused(f"the analyses of run {run} did not end within {_ANALYSED_WITHIN_S:g} s")


def print_comparison(rows: Sequence[ComparisonRow]) -> list[str]:
    """Print the table; returns a line for every figure that lies outside its tolerance."""
    from orchestrator.cli.demo_tolerance import outside

    header = ("", "unit", "material", "paper", "measured", "cells", "truth set", "may be off by", "")
    click.echo()
    for line in table_lines(header, _lines(rows)):
        click.echo(line)
    wrong = [row for row in rows if outside(row)]
    beside = f"\n{sum(row.truth is not None for row in rows)} figures beside what the simulator was set to: "
    many = {0: "none is further off than it may be", 1: f"1 marked {_MARK} is further off than it may be"}
    click.echo(beside + many.get(len(wrong), f"{len(wrong)} marked {_MARK} are further off than they may be"))
    return [f"{row.quantity}, {row.material}: {row.measured} {row.unit}, set was {row.truth_text}" for row in wrong]


def _lines(rows: Sequence[ComparisonRow]) -> Iterator[tuple[str, ...]]:
    from orchestrator.cli.demo_tolerance import outside, tolerance_of

    said = ""
    for row in rows:
        tolerance = tolerance_of(row.key)
        may_be_off = str(tolerance) if tolerance is not None and row.truth is not None else ""
        name, said = row.quantity if row.quantity != said else "", row.quantity
        yield (
            *(name, row.unit, row.material, row.paper, row.measured, str(len(row.runs))),
            *(row.truth_text, may_be_off, _MARK if outside(row) else ""),
        )
