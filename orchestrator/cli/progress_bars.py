"""Progress bars at a terminal, one a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from orchestrator.cli.run_line import cycle_text, left_text, step_text, values_text

if TYPE_CHECKING:
    from orchestrator.web.models.run import RunAnswer

__all__ = ["progress_bars"]

_COLOURS = {"failed": "red", "lost": "red", "completed": "green", "paused": "yellow", "stopped": "yellow"}


@contextmanager
def progress_bars() -> Iterator[Callable[[Sequence[RunAnswer]], None]]:
    """Bars that the returned function brings up to date. NO_COLOR is respected (by rich)."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}", style="bold"),
        TextColumn("{task.fields[at]}", markup=False),
    )
    with Progress(*columns, expand=False) as progress:
        tasks: dict[int, TaskID] = {}

        def show(runs: Sequence[RunAnswer]) -> None:
            for run in runs:
                if run.id not in tasks:
                    title = f"{run.id} {run.protocol} {run.cell}@{run.bench or run.channel}"
                    tasks[run.id] = progress.add_task(title, total=1.0, state="", at="")
                colour = _COLOURS.get(run.state)
                state = f"[{colour}]{run.state}[/{colour}]" if colour else run.state
                done = 1.0 if run.state == "completed" else run.progress.fraction
                progress.update(tasks[run.id], completed=done, state=state, at=_at(run))
            progress.refresh()

        yield show


def _at(run: RunAnswer) -> str:
    parts = [cycle_text(run)]
    parts += [run.reason or ""] if run.ended else [step_text(run), values_text(run), left_text(run), run.reason or ""]
    return "  ".join(part for part in parts if part)
