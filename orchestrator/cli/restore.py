"""``cellbench restore``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab
from orchestrator.cli.refusal import CommandRefused

__all__ = ["restore"]


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, exists=True, file_okay=False))
@lab_option
@click.option(
    "--over", is_flag=True, help="Replace a database that has runs or cells too. SQLite's file is kept beside it."
)
def restore(backup: Path, lab_path: Path | None, over: bool) -> None:
    """Bring a backup back, in the place of the lab's database; the service must be down."""
    lab = require_lab(lab_path)
    from orchestrator.backup.errors import RestoreRefused
    from orchestrator.backup.restore import restore_backup

    try:
        restored = restore_backup(backup, lab, over=over)
    except RestoreRefused as error:
        raise CommandRefused(str(error)) from error
    made = datetime.fromtimestamp(restored.manifest.made_unix_s, UTC)
    click.echo(f"the state of {made:%Y-%m-%d %H:%M:%S} UTC is back; the next run will be run {restored.next_run}")
    if restored.aside is not None:
        click.echo(f"what was there before is {restored.aside}")
    click.echo("start the service: what the instruments have recorded since is read again")
    click.echo("runs that were launched since are unknown: their channels are shown as occupied; stop them there")
