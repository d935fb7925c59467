"""How far the demo is: one line, or one bar, for all runs of a protocol."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.web.models.run import RunAnswer

__all__ = ["follow_to_the_end"]

_EVERY_S = 4.0
_RUNS_MAX = 1000
_Show = Callable[[Mapping[str, Sequence["RunAnswer"]]], None]


def follow_to_the_end(client: Client) -> list[RunAnswer]:
    """Show every run of the service, protocol by protocol, until all have ended; returns them as last seen."""
    with _bars() if sys.stdout.isatty() else _lines() as show:
        while True:
            runs = sorted(client.runs(limit=_RUNS_MAX).items, key=lambda run: run.id)
            show(
                {
                    name: [run for run in runs if run.protocol == name]
                    for name in dict.fromkeys(r.protocol for r in runs)
                }
            )
            if all(run.ended for run in runs):
                return runs
            time.sleep(_EVERY_S)


@contextmanager
def _lines() -> Iterator[_Show]:
    """For a file or a pipe: a line for a protocol when one more of its runs has ended."""
    began_s = time.monotonic()
    said: dict[str, int] = {}

    def show(runs: Mapping[str, Sequence[RunAnswer]]) -> None:
        for name, of_it in runs.items():
            ended = sum(run.ended for run in of_it)
            if ended != said.get(name, 0):
                click.echo(f"{time.monotonic() - began_s:5.0f} s  {name}: {ended} of {len(of_it)} cells done")
                said[name] = ended
        sys.stdout.flush()

    yield show


@contextmanager
def _bars() -> Iterator[_Show]:
    """At a terminal."""
    from rich.progress import BarColumn, Progress, TaskID, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[done]}")) as progress:
        tasks: dict[str, TaskID] = {}

        def show(runs: Mapping[str, Sequence[RunAnswer]]) -> None:
            for name, of_it in runs.items():
                if name not in tasks:
                    tasks[name] = progress.add_task(name, total=float(len(of_it)), done="")
                passed = sum(1.0 if run.ended else run.progress.fraction for run in of_it)
                done = f"{sum(run.ended for run in of_it)} of {len(of_it)} cells"
                progress.update(tasks[name], completed=passed, done=done)
            progress.refresh()

        yield show
