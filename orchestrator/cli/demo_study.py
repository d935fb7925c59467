"""The demo's last words: the study as a table, and where everything is."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orchestrator.cli.demo_jobs import Job
    from orchestrator.client import Client
    from orchestrator.config import Lab

__all__ = ["finish_study"]

_EXPORTED = "csv"


def finish_study(client: Client, lab: Lab, jobs: Mapping[int, Job], began_monotonic_s: float) -> list[str]:
    """Export one run, write the report, say where everything is, and print the table of figures.

    Returns a line for every figure that lies outside its tolerance. Raises CommandRefused, ClientError.
    """
    from orchestrator.cli.demo_results import print_comparison, wait_for_analyses
    from orchestrator.cli.report import write_report
    from orchestrator.cli.simulated_truth import simulated_truth
    from orchestrator.report.comparison import compare
    from orchestrator.report.paper import read_paper

    wait_for_analyses(client, jobs)
    wall_s = time.monotonic() - began_monotonic_s
    report, truth = lab.path.parent / "report.html", simulated_truth()
    title = "The study of Zhang et al. 2024 on virtual cells"
    study = write_report(client, list(jobs), report, title=title, truth=truth)
    _say_where(client, lab, list(jobs), report, wall_s)
    return print_comparison(compare(study, read_paper(), truth))


def _say_where(client: Client, lab: Lab, runs: list[int], report: Path, wall_s: float) -> None:
    folder = lab.path.parent / "exports"
    folder.mkdir(exist_ok=True)
    client.export(runs[-1], _EXPORTED, folder)
    records = sum(segment.records for run in runs for segment in client.run(run).segments)
    click.echo(f"\n{records:,} records of {len(runs)} runs in {wall_s:.0f} s")
    click.echo(f"database  {_short(Path(lab.database_url.removeprefix('sqlite:///')))}")
    click.echo(f"report    {_short(report)}, to be opened in a browser or printed")
    click.echo(f"exports   {_short(folder)} (run {runs[-1]})")
    click.echo(f"API       {lab.web.url}/ while this runs: cellbench web --lab {_short(lab.path)}")
    click.echo(f"          meanwhile a report of any run: cellbench report RUN --lab {_short(lab.path)}")


def _short(path: Path) -> str:
    """The path as one would type it here."""
    return os.path.relpath(path)
