"""Every command of ``cellbench``, by its words."""

from __future__ import annotations

from collections.abc import Iterator

import click

from orchestrator.cli import cellbench


def commands() -> dict[str, click.Command]:
    """``cell add`` → its command; groups that do nothing by themselves are not in it."""
    return dict(_walk(cellbench, "", click.Context(cellbench)))


def options(command: click.Command) -> set[str]:
    """The long names of its options, ``--help`` left out."""
    return {name for one in command.params for name in one.opts if name.startswith("--")}


def _walk(command: click.Command, name: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield name, command
    if not isinstance(command, click.Group):
        return
    for child in command.list_commands(context):
        found = command.get_command(context, child)
        assert found is not None
        yield from _walk(found, f"{name} {child}".strip(), context)
