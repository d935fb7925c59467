"""``cellbench queue`` and ``cellbench move``: what waits, why, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, clock_time

if TYPE_CHECKING:
    from orchestrator.web.models.queue import QueuedJob, QueuedRun

__all__ = ["move", "queue"]


@click.command("queue")
@service_options
def queue(lab_path: Path | None, url: str | None) -> None:
    """Show what runs and waits on every channel, in order, with the reason; and what people are asked to do."""
    with open_client(lab_path, url) as client:
        found = client.queue()
    now = found.now_unix_s
    rows = [_run(one.place, run, now) for one in found.channels for run in one.runs]
    rows += [_job(one.place, job, now) for one in found.channels for job in one.jobs]
    rows += [_job(NOTHING, job, now) for job in found.jobs]
    print_table(("at", "run", "protocol or step", "cell", "state", "begins", "ends", "why"), rows, "nothing waits")
    for channel in found.channels:
        if channel.trip is not None:
            click.echo(f"{channel.place}: {channel.trip}")
    for prompt in found.prompts:
        click.echo(f"asks: {prompt.text}")


@click.command("move")
@click.argument("run", metavar="RUN", type=click.IntRange(min=1))
@click.argument("where", metavar="WHERE", type=click.Choice(("earlier", "later", "first", "last")))
@click.option("--reason", default="", help="Why, for the event log.")
@actor_option
@service_options
def move(run: int, where: str, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Move a RUN that has not begun in the queue of its channel; WHERE is earlier, later, first or last.

    A batch moves as a whole. What has begun keeps its place.
    """
    from orchestrator.cli.models import build
    from orchestrator.web.models.queue import MoveOrder

    order = build(MoveOrder, move=where, actor=actor, reason=reason)
    with open_client(lab_path, url) as client:
        answer = client.move_run(run, order)
    click.echo(f"{answer.message}: {', '.join(map(str, answer.order))}")


def _run(place: str, run: QueuedRun, now: float) -> tuple[str, ...]:
    times = (clock_time(run.start_unix_s, now), clock_time(run.end_unix_s, now))
    return (place, str(run.run_id), run.protocol, run.cell, run.state, *times, run.why or "")


def _job(place: str, job: QueuedJob, now: float) -> tuple[str, ...]:
    times = (clock_time(job.start_unix_s, now), clock_time(job.end_unix_s, now))
    return (place, NOTHING, job.step, job.cell, "planned", *times, f"campaign {job.campaign_id}: {job.why or ''}")
