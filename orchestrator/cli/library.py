"""``cellbench library``."""

from __future__ import annotations

import click

from orchestrator.cli.refusal import CommandRefused

__all__ = ["library"]


@click.command("library")
@click.argument("name", required=False)
def library(name: str | None) -> None:
    """List the protocols that come with cellbench; with NAME print that file, to start your own from."""
    from protocols.library import find, names
    from protocols.reading import load_protocol

    if name is None:
        width = max(map(len, names()))
        for shipped_name in names():
            click.echo(f"{shipped_name:{width}}  {load_protocol(shipped_name).description}".rstrip())
        return
    shipped = find(name)
    if shipped is None:
        raise CommandRefused(f"no protocol of the library is called {name}; it has {', '.join(names())}")
    click.echo(shipped.content.decode(), nl=False)
