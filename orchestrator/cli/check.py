"""``cellbench check``."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.refusal import CommandRefused

__all__ = ["check"]


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
def check(files: tuple[Path, ...]) -> None:
    """Read protocol files and name every problem in them, with file, line, key and remedy; needs no service."""
    from protocols.document import read_bytes
    from protocols.errors import ProtocolErrors
    from protocols.reading import check as problems_in

    problems: list[str] = []
    for file in files:
        if not file.is_file():
            problems.append(f"{file}: there is no such file; check the path")
            continue
        try:
            found = problems_in(read_bytes(file), file.name)
        except ProtocolErrors as error:
            found = list(error.errors)
        problems += [str(problem) for problem in found]
        if not found:
            click.echo(f"{file}: ok")
    if problems:
        raise CommandRefused(problems)
