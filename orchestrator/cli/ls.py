"""``cellbench ls``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, clock_time, duration
from orchestrator.run_state import RunState

if TYPE_CHECKING:
    from orchestrator.web.models.run import RunAnswer

__all__ = ["ls"]


@click.command("ls")
@click.option("--active", is_flag=True, default=None, help="Only runs that have not ended.")
@click.option("--state", type=click.Choice([state.value for state in RunState]), help="Only runs in this state.")
@click.option("--cell", help="Only runs of this cell.")
@click.option("--protocol", help="Only runs of this protocol.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Show at most so many.")
@service_options
def ls(
    active: bool | None,
    state: str | None,
    cell: str | None,
    protocol: str | None,
    limit: int,
    lab_path: Path | None,
    url: str | None,
) -> None:
    """List runs, newest first."""
    with open_client(lab_path, url) as client:
        page = client.runs(active=active, state=state, cell=cell, protocol=protocol, limit=limit)
    header = ("run", "protocol", "cell", "at", "state", "cycle", "left", "done", "reason")
    print_table(header, [_row(run) for run in page.items], "no runs")
    if page.total > len(page.items):
        click.echo(f"… and {page.total - len(page.items)} more (--limit)")


def _row(run: RunAnswer) -> tuple[str, ...]:
    at = run.progress
    done_s = run.finished_unix_s if run.ended else at.finish_unix_s
    now_s = run.last_seen_unix_s or run.created_unix_s
    return (
        str(run.id),
        run.protocol,
        run.cell,
        run.bench or f"{run.instrument}/{run.channel}",
        run.state,
        f"{at.cycles_done if run.ended else at.cycle or 0}/{'~' if at.cycles_about else ''}{at.cycles_total}",
        NOTHING if run.ended else duration(at.time_left_s),
        clock_time(done_s, now_s),
        run.reason or "",
    )
