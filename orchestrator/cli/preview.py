"""``cellbench preview``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.cell_options import cell_options, cell_properties
from orchestrator.cli.chosen_cell import chosen_cell, for_options, told_of_options
from orchestrator.cli.options import lab_option
from orchestrator.cli.output_file import OutputFile
from orchestrator.cli.pairs import pairs_option
from orchestrator.cli.protocol_argument import read_protocol
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.table import table_lines
from orchestrator.cli.wording import NOTHING, duration

if TYPE_CHECKING:
    from orchestrator.preview.model_cell import Array
    from orchestrator.preview.model_cells import Rehearsed
    from orchestrator.preview.summary import CycleSum
    from orchestrator.preview.trace import Trace
    from protocols.cell import Cell

__all__ = ["preview"]

_FORMATION = "formation"
_WIDEST, _HEIGHT = 100, 6


@click.command("preview")
@click.argument("protocol")
@click.option("--cell", "cell_id", help="A cell of the lab's database; needs the lab file, not the service.")
@cell_options
@pairs_option("--set", "parameters", "Another value for a parameter of the protocol.")
@click.option("--formed", is_flag=True, help="A cell that has been through the library's formation; else a fresh one.")
@click.option(
    *("-o", "--output", "--out", "out"),
    type=OutputFile(),
    help="Draw into this PNG file instead of the terminal.",
)
@lab_option
def preview(
    protocol: str,
    cell_id: str | None,
    parameters: dict[str, str],
    formed: bool,
    out: Path | None,
    lab_path: Path | None,
    **properties: Any,
) -> None:
    """Run PROTOCOL, a file or a name of the library, on a virtual cell, and draw voltage and current over time.

    Every cycle is computed with the same model of the material that the virtual lab uses, but without instruments and
    noise. It is a rehearsal of the protocol; a real cell will differ.
    """
    from orchestrator.preview.carry_out import carry_out
    from orchestrator.preview.model_cells import described
    from protocols.compile import compile_protocol

    definition = read_protocol(protocol)
    rehearsed = _rehearsed(chosen_cell(cell_id, cell_properties(properties), lab_path))
    cell, model = rehearsed.cell, rehearsed.model
    with told_of_options(cell_id):
        plan = compile_protocol(definition, cell, parameters)
    if formed:
        carry_out(compile_protocol(read_protocol(_FORMATION), cell), model)
    trace = carry_out(plan, model)
    state = "after formation" if formed else "fresh"
    click.echo(f"{plan.protocol} on a virtual cell of {cell.material}, {described(cell)}, {state}")
    if trace.steps and out is None:
        for line in _curves(trace):
            click.echo(line)
    if trace.steps and out is not None:
        _draw(trace, f"{plan.protocol}: virtual {cell.material}, {described(cell)}, {state}", cell, out)
    warnings = [f"warning: {for_options(warning, cell_id)}" for warning in plan.warnings]
    for line in (*_numbers(trace, cell), *warnings, *(f"note: {remark}" for remark in trace.remarks)):
        click.echo(line)


def _rehearsed(cell: Cell) -> Rehearsed:
    from orchestrator.cli.model_cells import VirtualCells
    from orchestrator.preview.model_cells import NoModel

    try:
        return VirtualCells().rehearse(cell)
    except NoModel as error:
        remedy = f"there are {', '.join(error.known)}"
        if cell.material is None:
            raise CommandRefused(f"a preview needs a material: --material {error.known[0]}; {remedy}") from error
        message = f"there is no virtual cell of material {cell.material!r}; name one that is near with --material"
        raise CommandRefused(f"{message}; {remedy}") from error


def _draw(trace: Trace, title: str, cell: Cell, out: Path) -> None:
    from orchestrator.export.atomic_file import atomic_file
    from orchestrator.preview.figure import draw_png

    picture = draw_png(trace, title, cell.active_mass_g)
    with atomic_file(out) as file:
        file.write(picture)
    click.echo(str(out))


def _curves(trace: Trace) -> Iterator[str]:
    """Voltage and current over time; of many cycles only the first ones, and the capacity of all."""
    import numpy as np

    from orchestrator.preview.summary import FIRST_CYCLES, shown_until_s, whole_cycles

    end_s, time_s = shown_until_s(trace), trace.time_s()
    many, shown = end_s < trace.duration_s, time_s <= end_s
    yield from _curve("voltage / V", time_s[shown], trace.voltage_V()[shown])
    yield from _curve("current / mA", time_s[shown], 1e3 * trace.current_A()[shown])
    yield f"{'':9}0 … {duration(end_s)}" + (f", the first {FIRST_CYCLES} cycles" if many else "")
    if many:
        whole = whole_cycles(trace)
        capacity_mAh = np.array([1e3 * one.charge_Ah for one in whole])
        yield from _curve("charge / mAh", np.array([float(one.cycle) for one in whole]), capacity_mAh)
        yield f"{'':9}cycles {whole[0].cycle} … {whole[-1].cycle}"


def _curve(name: str, x: Array, values: Array) -> Iterator[str]:
    from orchestrator.preview.braille import braille

    width = min(shutil.get_terminal_size().columns, _WIDEST) - 10
    yield name
    lines = braille(x, values, width, _HEIGHT)
    for place, line in enumerate(lines):
        edge = f"{values.max():.4g}" if place == 0 else f"{values.min():.4g}" if place == _HEIGHT - 1 else ""
        yield f"{edge:>8} {line}".rstrip()


def _numbers(trace: Trace, cell: Cell) -> Iterator[str]:
    from orchestrator.preview.summary import cycle_sums, groups_of

    sums = cycle_sums(trace)
    spectra = f", {trace.spectra} impedance spectra" if trace.spectra else ""
    steps = f"{len(trace.steps)} steps, {len(sums)} cycles"
    yield f"{duration(trace.duration_s)}, {steps}, about {trace.records} records{spectra}"
    rows = []
    for group in groups_of(sums):
        ends = [group.first] if group.first is group.last else [group.first, group.last]
        rows += [(group.label or NOTHING, str(one.cycle), *_capacities(one, cell)) for one in ends]
    if rows:
        header = (
            "label",
            "cycle",
            "discharge, mAh",
            "charge, mAh",
            "discharge, mAh/g",
            "charge, mAh/g",
            "charge/discharge, %",
        )
        yield from table_lines(header, rows)


def _capacities(one: CycleSum, cell: Cell) -> tuple[str, ...]:
    mass_g = cell.active_mass_g or 1.0
    ratio = f"{1e2 * one.charge_Ah / one.discharge_Ah:.2f}" if one.discharge_Ah and one.charge_Ah else NOTHING
    capacities = (1e3 * one.discharge_Ah, 1e3 * one.charge_Ah)
    specific = tuple(f"{capacity / mass_g:.1f}" for capacity in capacities)
    return (*(f"{capacity:.4f}" for capacity in capacities), *specific, ratio)
