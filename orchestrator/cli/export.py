"""``cellbench export``."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.options import open_client, service_options

__all__ = ["export"]


@click.command("export")
@click.argument("runs", metavar="RUN...", type=click.IntRange(min=1), nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Into this folder.  [default: the present one]",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "parquet", "spectra", "mpt"]),
    default="csv",
    show_default=True,
    help="csv, parquet: Battery Data Format, with cycles and metadata; spectra: impedance spectra as CSV; mpt: EC-Lab "
    "text of records and spectra.",
)
@service_options
def export(runs: tuple[int, ...], folder: Path, file_format: str, lab_path: Path | None, url: str | None) -> None:
    """Write runs as files: Battery Data Format, impedance spectra as CSV, or EC-Lab text."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_client(lab_path, url) as client:
        for run in runs:
            for file in client.export(run, file_format, folder):
                click.echo(str(file))
