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
from orchestrator.cli.wording import NOTHING, clock_time, duration, quantity

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.web.models.run import RunAnswer

__all__ = ["follow", "watch"]

Show = Callable[[Sequence["RunAnswer"]], None]


@click.command("watch")
@click.argument("runs", metavar="[RUN]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--every", "interval_s", type=click.FloatRange(min=0.05), default=2.0, show_default=True, help="Seconds.")
@click.option("--once", is_flag=True, help="Say it once and end.")
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


def run_line(run: RunAnswer) -> str:
    """``run 17  rate-ladder on L1 at A1  running  cycle 3 of 48  …``."""
    where = run.bench or f"{run.instrument}/{run.channel}"
    parts = [f"run {run.id}", f"{run.protocol} on {run.cell} at {where}", run.state, cycle_text(run)]
    if run.ended:
        return "  ".join([*parts, run.reason or ""]).rstrip()
    return "  ".join(
        part for part in [*parts, step_text(run), values_text(run), left_text(run), run.reason or ""] if part
    )


def cycle_text(run: RunAnswer) -> str:
    """``cycle 3 of 48``; after the end, how many were done."""
    at = run.progress
    if run.ended:
        return f"{at.cycles_done} of {at.cycles_total} cycles"
    return f"cycle {at.cycle or 0} of {at.cycles_total}"


def step_text(run: RunAnswer) -> str:
    """``discharge (constant current), ladder 0.2 A/g``."""
    at = run.progress
    if at.step is None:
        return ""
    return f"{at.step}, {at.label}" if at.label else at.step


def values_text(run: RunAnswer) -> str:
    """``412 mV  -550 µA``."""
    at = run.progress
    values = (quantity(at.voltage_V, "V"), quantity(at.current_A, "A"))
    return "  ".join(value for value in values if value != NOTHING)


def left_text(run: RunAnswer) -> str:
    """``2 d 7 h left, done Wed 03:20``."""
    at = run.progress
    if at.time_left_s is None:
        return ""
    now_s = run.last_seen_unix_s or run.created_unix_s
    done = f", done {clock_time(at.finish_unix_s, now_s)}" if at.finish_unix_s is not None else ""
    return f"{duration(at.time_left_s)} left{done}"
