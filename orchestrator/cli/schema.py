"""``cellbench schema``."""

from __future__ import annotations

import json

import click

__all__ = ["schema"]


@click.command("schema")
def schema() -> None:
    """Print the JSON Schema of protocol files: editors complete and check with it."""
    from protocols.json_schema import protocol_json_schema

    click.echo(json.dumps(protocol_json_schema(), indent=2))
