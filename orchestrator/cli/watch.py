"""``cellbench watch``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import open_client, service_options
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.run_line import run_line

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.web.models.run import RunAnswer

__all__ = ["follow", "watch"]

Show = Callable[[Sequence["RunAnswer"]], None]


@click.command("watch")
@click.argument("runs", metavar="[RUN]...", type=click.IntRange(min=1), nargs=-1)
@click.option(
    "--every",
    "interval_s",
    type=click.FloatRange(min=0.05),
    default=2.0,
    show_default=True,
    help="Seconds between two looks.",
)
@click.option("--once", is_flag=True, help="Show how they are now, and end.")
@service_options
def watch(runs: tuple[int, ...], interval_s: float, once: bool, lab_path: Path | None, url: str | None) -> None:
    """Follow runs until they end; without RUN all that are active now. Exit code 1 when one of them failed."""
    with open_client(lab_path, url) as client:
        numbers = runs or tuple(sorted(run.id for run in client.runs(active=True, limit=1000).items))
        if not numbers:
            click.echo("no run is active")
            return
        if sys.stdout.isatty() and not once:
            from orchestrator.cli.progress_bars import progress_bars

            with progress_bars() as show:
                last = follow(client, numbers, show, interval_s)
        else:
            last = follow(client, numbers, print_changes(), interval_s, once=once)
    failed = [f"run {run.id} {run.state}: {run.reason or 'no reason known'}" for run in last if run.state == "failed"]
    if failed:
        raise CommandRefused(failed)


def follow(
    client: Client,
    numbers: Sequence[int],
    show: Show,
    interval_s: float,
    *,
    once: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Sequence[RunAnswer]:
    """Show the runs every so often until all of them have ended; returns them as last seen."""
    ended: dict[int, RunAnswer] = {}
    while True:
        runs = [ended.get(number) or client.run(number) for number in numbers]
        show(runs)
        ended.update((run.id, run) for run in runs if run.ended)
        if once or len(ended) == len(set(numbers)):
            return runs
        sleep(interval_s)


def print_changes() -> Show:
    """Plain lines, for a file or a pipe: a line for a run only when it says something new."""
    said: dict[int, str] = {}

    def show(runs: Sequence[RunAnswer]) -> None:
        for run in runs:
            line = run_line(run)
            if said.get(run.id) != line:
                click.echo(line)
                said[run.id] = line
        sys.stdout.flush()

    return show
