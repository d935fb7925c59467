"""``cellbench cell``: the samples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.cell_options import cell_options, cell_properties
from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.pairs import pairs_option
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, quantity

if TYPE_CHECKING:
    from orchestrator.web.models.cell import CellAnswer

__all__ = ["cell"]


@click.group("cell")
def cell() -> None:
    """Add, change, list and show cells; enter values measured elsewhere."""


@cell.command("add")
@click.argument("cell_id", metavar="ID")
@cell_options
@pairs_option("--meta", "metadata", "Free text about the cell, kept with its data.")
@actor_option
@service_options
def add(
    cell_id: str, metadata: dict[str, str], actor: str, lab_path: Path | None, url: str | None, **properties: Any
) -> None:
    """Add the cell whose barcode is ID."""
    from orchestrator.cli.models import build
    from orchestrator.web.models.cell import NewCell

    given = cell_properties(properties) | ({"metadata": metadata} if metadata else {})
    with open_client(lab_path, url) as client:
        added = client.add_cell(build(NewCell, id=cell_id, actor=actor, **given))
    click.echo(f"cell {added.id}: {_summary(added)}")


@cell.command("change", short_help="Change a cell.")
@click.argument("cell_id", metavar="ID")
@cell_options
@pairs_option("--set", "entries", "One value measured elsewhere, with its unit in the name; NAME= takes it away.")
@pairs_option("--meta", "metadata", "Free text about the cell; replaces all that was there.")
@actor_option
@service_options
def change(
    cell_id: str,
    entries: dict[str, str],
    metadata: dict[str, str],
    actor: str,
    lab_path: Path | None,
    url: str | None,
    **properties: Any,
) -> None:
    """Change a cell; what is not given stays. Runs that are launched already keep the old values."""
    from orchestrator.cli.models import build
    from orchestrator.web.models.cell import CellChange

    given = cell_properties(properties) | ({"metadata": metadata} if metadata else {})
    if entries:
        given["set_metadata"] = {name: text or None for name, text in entries.items()}
    with open_client(lab_path, url) as client:
        changed = client.change_cell(cell_id, build(CellChange, actor=actor, **given))
    click.echo(f"cell {changed.id}: {_summary(changed)}")


@cell.command("import", short_help="Enter values measured elsewhere from a CSV.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@actor_option
@service_options
def import_values(file: Path, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Enter values measured elsewhere from a CSV: a column `cell`, and one for each value, its unit in the name.

    All of them are entered, or none; an empty field leaves what is there.
    """
    from orchestrator.cli.models import build
    from orchestrator.web.models.cell import CellImport

    try:
        table = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{file}: not UTF-8 text; save it as CSV UTF-8") from error
    with open_client(lab_path, url) as client:
        changed = client.import_cells(build(CellImport, table=table, name=file.name, actor=actor))
    click.echo(f"{len(changed)} cells: {', '.join(one.id for one in changed)}")


@cell.command("ls")
@service_options
def ls(lab_path: Path | None, url: str | None) -> None:
    """List cells."""
    with open_client(lab_path, url) as client:
        cells = client.cells()
    header = ("cell", "material", "active mass", "area", "capacity", "window")
    rows = [(one.id, one.material or NOTHING, *_values(one), _window(one)) for one in cells]
    print_table(header, rows, 'no cells; add one: cellbench cell add L1 --active-mass "2.75 mg"')


@cell.command("show")
@click.argument("cell_id", metavar="ID")
@service_options
def show(cell_id: str, lab_path: Path | None, url: str | None) -> None:
    """Show a cell and its runs."""
    with open_client(lab_path, url) as client:
        one = client.cell(cell_id)
        runs = client.runs(cell=cell_id, limit=100).items
    click.echo(f"cell {one.id}: {_summary(one)}")
    for key, value in sorted(one.metadata.items()):
        click.echo(f"  {key}: {value}")
    rows = [(str(run.id), run.protocol, run.bench or run.channel, run.state, run.reason or "") for run in runs]
    print_table(("run", "protocol", "at", "state", "reason"), rows, "no runs yet")


def _values(one: CellAnswer) -> tuple[str, str, str]:
    area = f"{one.area_cm2:.4g} cm²" if one.area_cm2 is not None else NOTHING
    return quantity(one.active_mass_g, "g"), area, quantity(one.nominal_capacity_Ah, "Ah")


def _window(one: CellAnswer) -> str:
    if one.window_min_V is None or one.window_max_V is None:
        return NOTHING
    return f"{one.window_min_V:g} V .. {one.window_max_V:g} V"


def _summary(one: CellAnswer) -> str:
    parts = (one.material or NOTHING, *_values(one), _window(one))
    return ", ".join(part for part in parts if part != NOTHING) or "nothing known but its name"
