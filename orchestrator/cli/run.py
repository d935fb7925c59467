"""``cellbench run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.pairs import pairs_option

if TYPE_CHECKING:
    from orchestrator.web.models.run import LaunchRequest

__all__ = ["run"]


@click.command("run")
@click.argument("protocol")
@click.option(
    "--cell",
    "cells",
    multiple=True,
    required=True,
    help="Barcode of the cell. Several cells: --cell L1 --bench A1 --cell L2 --bench A2.",
)
@click.option("--bench", "benches", multiple=True, required=True, help="Bench, or instrument/channel, of that cell.")
@pairs_option("--set", "parameters", "Another value for a parameter of the protocol.")
@click.option("--note", default="", help="Free text for the event log.")
@actor_option
@service_options
def run(
    protocol: str,
    cells: tuple[str, ...],
    benches: tuple[str, ...],
    parameters: dict[str, str],
    note: str,
    actor: str,
    lab_path: Path | None,
    url: str | None,
) -> None:
    """Launch PROTOCOL on one or several cells: on all of them, or on none.

    PROTOCOL is a file, a name of the library, or the hash of a version that the lab has stored.
    """
    if len(cells) != len(benches):
        raise click.UsageError(f"{len(cells)} --cell and {len(benches)} --bench: they go in pairs")
    placements = [{"cell": cell, "bench": bench} for cell, bench in zip(cells, benches, strict=True)]
    request = _request(protocol, parameters=parameters, placements=placements, actor=actor, note=note)
    with open_client(lab_path, url) as client:
        answer = client.launch(request)
    from orchestrator.cli.wording import clock_time

    for one in answer.runs:
        done = clock_time(one.finish_unix_s, answer.now_unix_s)
        click.echo(one.message + (f", done {done}" if one.finish_unix_s is not None else ""))
        for line in one.watched_by_service:
            click.echo(f"NOT held by the instrument itself: {line}")


def _request(protocol: str, **values: Any) -> LaunchRequest:
    from orchestrator.cli.models import build
    from orchestrator.cli.protocol_argument import read_source
    from orchestrator.web.models.run import LaunchRequest

    name, source = read_source(protocol)
    return build(LaunchRequest, protocol=name, source=source, **values)
