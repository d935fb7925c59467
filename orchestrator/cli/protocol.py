"""``cellbench protocol``: protocols in the formats of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.cell_options import cell_options, cell_properties
from orchestrator.cli.chosen_cell import chosen_cell, told_of_options
from orchestrator.cli.options import lab_option
from orchestrator.cli.output_file import OutputFile
from orchestrator.cli.pairs import pairs_option
from orchestrator.cli.protocol_argument import read_protocol

__all__ = ["protocol"]

_output = click.option("-o", "--output", type=OutputFile(), help="Into this file.  [default: print it]")


@click.group("protocol")
def protocol() -> None:
    """Translate protocols from and to unicycler JSON."""


@protocol.command("import", short_help="Make a protocol file from unicycler JSON.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_output
def import_protocol(file: Path, output: Path | None) -> None:
    """Translate FILE, unicycler JSON, to a protocol file.

    What unicycler does not say, or this language cannot, stands in comments and is told on stderr.
    """
    from protocols.document import read_bytes
    from protocols.exchange.unicycler import import_unicycler
    from protocols.reading import check

    imported = import_unicycler(read_bytes(file), file.name)
    _write(imported.text, output)
    problems = [str(problem) for problem in check(imported.text, output.name if output else "protocol")]
    for line in (*imported.remarks, *(f"to be put right: {problem}" for problem in problems)):
        click.echo(line, err=True)


@protocol.command("export", short_help="Write a protocol as unicycler JSON.")
@click.argument("source", metavar="PROTOCOL")
@click.option("--cell", "cell_id", help="A cell of the lab's database; needs the lab file, not the service.")
@cell_options
@pairs_option("--set", "parameters", "Another value for a parameter of the protocol.")
@_output
@lab_option
def export_protocol(
    source: str,
    cell_id: str | None,
    parameters: dict[str, str],
    output: Path | None,
    lab_path: Path | None,
    **properties: Any,
) -> None:
    """Translate PROTOCOL, a file or a name of the library, to unicycler JSON for a cell, in absolute currents.

    What unicycler cannot say is refused with its line.
    """
    from protocols.compile import compile_protocol
    from protocols.exchange.unicycler import export_unicycler

    definition = read_protocol(source)
    cell = chosen_cell(cell_id, cell_properties(properties), lab_path)
    with told_of_options(cell_id):
        plan = compile_protocol(definition, cell, parameters)
    exported = export_unicycler(plan, definition.file)
    _write(json.dumps(exported.content, indent=2, ensure_ascii=False) + "\n", output)
    for remark in exported.remarks:
        click.echo(f"{definition.file}: {remark}", err=True)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(str(output))
