"""``cellbench db``: the tables of the database."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab

__all__ = ["db"]


@click.group("db")
def db() -> None:
    """Upgrade the database, or show its version."""


@db.command("upgrade", short_help="Create the tables, or bring them up to date.")
@lab_option
def upgrade_tables(lab_path: Path | None) -> None:
    """Create the tables, or bring them to this version of cellbench; running tests are not touched."""
    lab = require_lab(lab_path)
    from orchestrator.store.database import open_database
    from orchestrator.store.upgrade import schema_version, upgrade

    engine = open_database(lab.database_url)
    try:
        before = schema_version(engine)
        upgrade(engine)
        after = schema_version(engine)
    finally:
        engine.dispose()
    click.echo(f"database at {after}" + ("" if before == after else f", was {before or 'empty'}"))


@db.command("version", short_help="Show the version of the tables.")
@lab_option
def version(lab_path: Path | None) -> None:
    """Show the version of the tables and the one that this cellbench needs."""
    lab = require_lab(lab_path)
    from orchestrator.store.database import open_database
    from orchestrator.store.upgrade import code_version, schema_version

    engine = open_database(lab.database_url)
    try:
        present = schema_version(engine)
    finally:
        engine.dispose()
    click.echo(f"database at {present or 'nothing: it is empty'}, cellbench needs {code_version()}")
