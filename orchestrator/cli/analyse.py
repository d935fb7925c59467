"""``cellbench analyse``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.pairs import pairs_option
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.result_text import analysis_lines, table_width

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.client.client import AnalysisOption
    from orchestrator.web.models.analysis import AnalysisAnswer

__all__ = ["analyse"]

_LOOK_EVERY_S = 0.5


@click.command("analyse")
@click.argument("runs", metavar="RUN...", type=click.IntRange(min=1), nargs=-1, required=True)
@click.argument("name", metavar="NAME")
@pairs_option("--set", "options", "An option of the analysis; options.NAME=VALUE goes into its option `options`.")
@click.option("--wait", is_flag=True, help="Wait for the result and show it.")
@actor_option
@service_options
def analyse(
    runs: tuple[int, ...],
    name: str,
    options: dict[str, str],
    wait: bool,
    actor: str,
    lab_path: Path | None,
    url: str | None,
) -> None:
    """Ask for the analysis NAME of a run, or of several together; the node carries it out.

    Every result is kept, with its options, the version of the code and a hash of its data.
    """
    with open_client(lab_path, url) as client:
        asked = client.analyse(runs if len(runs) > 1 else runs[0], name, _values(options), actor)
        if not wait:
            of = f"run {runs[0]}" if len(runs) == 1 else f"runs {', '.join(map(str, runs))}"
            click.echo(f"analysis {asked.id}, {asked.name}, of {of}: {asked.state}")
            return
        done = _wait_for(client, asked.id)
    for line in analysis_lines(done, table_width(wide=False)):
        click.echo(line)
    if done.state == "failed":
        raise CommandRefused(f"{done.name} failed: {done.error}")


def _values(options: dict[str, str]) -> dict[str, AnalysisOption]:
    """Options as in a protocol file; a name with a dot is an entry of an option that is itself a mapping."""
    from protocols.compile.analyses import option_value

    values: dict[str, AnalysisOption] = {}
    for name, text in options.items():
        outer, dot, inner = name.partition(".")
        if not dot:
            values[name] = option_value(text)
            continue
        entries = values.setdefault(outer, {})
        if not isinstance(entries, dict):
            raise CommandRefused(f"--set {name}: {outer} is given as one value already")
        entries[inner] = option_value(text)
    return values


def _wait_for(client: Client, analysis_id: int) -> AnalysisAnswer:
    while True:
        found = client.analysis(analysis_id)
        if found.state in {"done", "failed"}:
            return found
        time.sleep(_LOOK_EVERY_S)
