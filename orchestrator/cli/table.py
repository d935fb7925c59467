"""Printing tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from orchestrator.text_table import table_lines

__all__ = ["print_table", "table_lines"]


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> None:
    """Print the table, or ``nothing`` where there are no rows."""
    body = list(rows)
    if not body:
        click.echo(nothing)
        return
    for line in table_lines(header, body):
        click.echo(line)
