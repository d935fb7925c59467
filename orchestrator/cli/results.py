"""``cellbench results``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.result_text import analysis_lines, table_width
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.web.models.analysis import AnalysisAnswer

__all__ = ["results"]


@click.command("results")
@click.argument("run", type=click.IntRange(min=1))
@click.option("--again", multiple=True, metavar="NAME", help="Ask for this analysis (again); the node carries it out.")
@click.option("--versions", is_flag=True, help="List every version of each result, not only the newest.")
@click.option("--wide", is_flag=True, help="All columns of every table, also where the terminal is narrower.")
@actor_option
@service_options
def results(
    run: int,
    again: tuple[str, ...],
    versions: bool,
    wide: bool,
    actor: str,
    lab_path: Path | None,
    url: str | None,
) -> None:
    """Show the results of a run's analyses: the newest of each."""
    with open_client(lab_path, url) as client:
        for name in again:
            one = client.analyse(run, name, {}, actor)
            click.echo(f"analysis {one.id}, {one.name}, of run {run}: {one.state}")
        if versions:
            _print_versions(client, run)
        if again or versions:
            return
        found = _newest(client.analyses(run))
    if not found:
        click.echo("no analyses: the protocol names none, or the run has not ended")
    for one in found:
        for line in analysis_lines(one, table_width(wide=wide)):
            click.echo(line)
    failed = [f"{one.name} failed: {one.error}" for one in found if one.state == "failed"]
    if failed:
        raise CommandRefused(failed)


def _newest(found: list[AnalysisAnswer]) -> list[AnalysisAnswer]:
    by_name: dict[str, AnalysisAnswer] = {}
    for one in found:
        by_name.setdefault(f"{one.name} {sorted(one.options.items())}", one)
    return sorted(by_name.values(), key=lambda one: one.id)


def _print_versions(client: Client, run: int) -> None:
    page = client.analysis_versions(run, limit=1000)
    rows = [
        (
            str(one.id),
            one.name,
            ", ".join(f"{name} = {value}" for name, value in one.options.items()) or NOTHING,
            ", ".join(map(str, one.run_ids)),
            one.state,
            one.code_version or NOTHING,
            (one.input_sha256 or NOTHING)[:12],
        )
        for one in page.items
    ]
    print_table(("analysis", "name", "options", "runs", "state", "code", "input"), rows, "no analyses yet")
