"""``cellbench backup``."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab
from orchestrator.cli.refusal import CommandRefused

__all__ = ["backup"]


@click.command("backup")
@lab_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Into this folder.  [default: `backup.to` of the lab file]",
)
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="Keep so many, delete older ones.  [default: `backup.keep` of the lab file; with --to: keep all]",
)
def backup(lab_path: Path | None, to: Path | None, keep: int | None) -> None:
    """Copy the database while the service runs, check the copy, and name its folder."""
    lab = require_lab(lab_path)
    if to is None and lab.backup is None:
        raise CommandRefused(f"{lab.path.name} has no `backup`; name a folder with --to")
    from orchestrator.backup.errors import BackupFailed
    from orchestrator.backup.make import make_backup

    if to is None and lab.backup is not None:
        to, keep = lab.backup.to, keep or lab.backup.keep
    try:
        made = make_backup(lab, to or Path(), keep)
    except BackupFailed as error:
        raise CommandRefused(str(error)) from error
    click.echo(made)
