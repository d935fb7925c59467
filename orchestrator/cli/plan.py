"""``cellbench plan``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.cell_options import cell_options, cell_properties
from orchestrator.cli.chosen_cell import chosen_cell, for_options, told_of_options
from orchestrator.cli.options import find_lab, lab_option
from orchestrator.cli.pairs import pairs_option
from orchestrator.cli.protocol_argument import read_protocol
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.wording import clock_time, duration

if TYPE_CHECKING:
    from protocols.plan import Plan

__all__ = ["plan"]


@click.command("plan")
@click.argument("protocol")
@click.option("--cell", "cell_id", help="A cell of the lab's database; needs the lab file, not the service.")
@cell_options
@click.option("--bench", help="Also hold it against this bench, or instrument/channel, of the lab file.")
@pairs_option("--set", "parameters", "Another value for a parameter of the protocol.")
@lab_option
def plan(
    protocol: str,
    cell_id: str | None,
    bench: str | None,
    parameters: dict[str, str],
    lab_path: Path | None,
    **properties: Any,
) -> None:
    """Show what PROTOCOL, a file or a name of the library, will do to a cell: every absolute set point.

    Nothing is started and no instrument is asked.
    """
    from orchestrator.launch.plan_text import plan_lines
    from protocols.compile import compile_protocol

    definition = read_protocol(protocol)
    cell = chosen_cell(cell_id, cell_properties(properties), lab_path)
    with told_of_options(cell_id):
        compiled = compile_protocol(definition, cell, parameters)
    watched = _held_against_bench(compiled, bench, lab_path) if bench else ()
    click.echo(f"{compiled.protocol} on {cell.id}: {definition.description}".rstrip(": "))
    for line in (*(f"{name} = {value}" for name, value in compiled.parameters.items()), *plan_lines(compiled)):
        click.echo(f"  {line}")
    for line in (*_takes(compiled), *(f"warning: {for_options(warning, cell_id)}" for warning in compiled.warnings)):
        click.echo(line)
    for line in watched:
        click.echo(f"NOT held by the instrument itself: {line}")
    if bench:
        click.echo(f"{bench}: the instrument and the lab's limits accept it")


def _held_against_bench(compiled: Plan, bench: str, lab_path: Path | None) -> tuple[str, ...]:
    from orchestrator.instruments import open_cycler
    from orchestrator.launch.able_channels import AbleChannels
    from orchestrator.launch.prepared import prepare
    from orchestrator.launch.target import find_target

    lab = find_lab(lab_path)
    if lab is None:
        raise CommandRefused(f"--bench {bench} needs the lab file: name it with --lab FILE or CELLBENCH_LAB")
    target = find_target(lab, bench)
    able = AbleChannels(lab, lambda place: open_cycler(lab, place.name))
    return prepare(compiled, lab.limits, target, able.cycler_for(target.instrument), able).watched_by_service


def _takes(compiled: Plan) -> tuple[str, ...]:
    estimate = compiled.estimate
    now_unix_s = time.time()
    done = clock_time(now_unix_s + estimate.duration_s, now_unix_s)
    size = f"{estimate.bytes / 1e6:.3g} MB"
    return (
        f"{estimate.cycles} cycles, about {duration(estimate.duration_s)}: started now it is done {done}",
        f"about {estimate.records} records, {size}",
    )
