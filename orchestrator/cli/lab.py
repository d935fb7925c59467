"""``cellbench lab``: the composition root may import simulators, and only when asked to."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["lab"]


@click.command("lab")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--faults",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that says what goes wrong in it, and when.",
)
def lab(file: Path, faults: Path | None) -> None:
    """Run the virtual lab that FILE describes, until Ctrl-C. It goes on when the service ends."""
    from simulators.lab.process import run_lab

    run_lab(file, faults)
