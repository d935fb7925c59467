"""``cellbench campaign``: many cells through many protocols, unattended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from orchestrator.cli.options import actor_option, find_lab, lab_option, open_client, service_options
from orchestrator.cli.pairs import pairs_option

if TYPE_CHECKING:
    from orchestrator.web.models.campaign import CampaignStart

__all__ = ["campaign"]

_cells = pairs_option("--cells", "cells", "Other cells of a group: cycled=L1,M1; a flat list is the group all.")
_benches = pairs_option("--benches", "benches", "Other benches of a pool: neware=A1,A2.")
_number = click.argument("number", metavar="ID", type=click.IntRange(min=1))
_reason = click.option("--reason", default="", help="Why, for the event log.")


@click.group("campaign")
def campaign() -> None:
    """Check, start, follow and steer campaigns: many cells through many protocols, in order, at stated times."""


@campaign.command("check", short_help="Name every problem in a campaign file.")
@click.argument("file", metavar="FILE")
@_cells
@_benches
@lab_option
def check(file: str, cells: dict[str, str], benches: dict[str, str], lab_path: Path | None) -> None:
    """Read a campaign FILE, or one of the library, and name every problem in it; needs no service.

    With a lab file, given or in this folder, its benches and chambers are looked up too.
    """
    from orchestrator.campaigns.read_campaign import Overrides, read_campaign
    from orchestrator.cli.campaign_file import listed, read_files

    read = read_files(file)
    lab = find_lab(lab_path)
    made = read_campaign(read.source, read.name, read.protocols, Overrides(listed(cells), listed(benches)), lab)
    where = f", benches of {lab.path.name}" if lab is not None else ""
    click.echo(f"{file}: ok ({len(made.cells)} cells, {len(made.steps)} steps{where})")


@campaign.command("start", short_help="Hand in a campaign.")
@click.argument("file", metavar="FILE")
@_cells
@_benches
@actor_option
@service_options
def start(
    file: str, cells: dict[str, str], benches: dict[str, str], actor: str, lab_path: Path | None, url: str | None
) -> None:
    """Hand in a campaign FILE, or one of the library; it begins at once, or at the time that it says."""
    from orchestrator.cli.campaign_text import say_started

    with open_client(lab_path, url) as client:
        say_started(client.start_campaign(_request(file, cells, benches, actor)))


@campaign.command("ls")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Show at most so many.")
@service_options
def ls(limit: int, lab_path: Path | None, url: str | None) -> None:
    """List campaigns, newest first."""
    from orchestrator.cli.campaign_text import print_campaigns

    with open_client(lab_path, url) as client:
        print_campaigns(client.campaigns(limit=limit))


@campaign.command("show", short_help="Show one campaign with every job.")
@_number
@service_options
def show(number: int, lab_path: Path | None, url: str | None) -> None:
    """Show one campaign: every job with its state, its run and its expected end."""
    from orchestrator.cli.campaign_text import print_campaign

    with open_client(lab_path, url) as client:
        print_campaign(client.campaign(number))


@campaign.command("forecast", short_help="Show the queue on the calendar.")
@click.argument("number", metavar="[ID]", type=click.IntRange(min=1), required=False)
@service_options
def forecast(number: int | None, lab_path: Path | None, url: str | None) -> None:
    """Show the queue on the calendar: when every job is expected to begin and to end, and where.

    Of all campaigns, or of one; the others are counted all the same.
    """
    from orchestrator.cli.campaign_text import print_forecast

    with open_client(lab_path, url) as client:
        if number is not None:
            client.campaign(number)  # one that nobody knows is refused, and not said to have nothing to do
        print_forecast(client.forecast(), number)


@campaign.command("pause")
@_number
@_reason
@actor_option
@service_options
def pause(number: int, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Pause a campaign with its runs."""
    _steer(number, "pause", reason, actor, lab_path, url)


@campaign.command("resume")
@_number
@_reason
@actor_option
@service_options
def resume(number: int, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Let a paused campaign go on with its runs."""
    _steer(number, "resume", reason, actor, lab_path, url)


@campaign.command("stop", short_help="End a campaign with its runs.")
@_number
@_reason
@actor_option
@service_options
def stop(number: int, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """End a campaign: its runs end at open circuit, nothing more begins."""
    _steer(number, "stop", reason, actor, lab_path, url)


@campaign.command("confirm", short_help="Confirm what it asked a person to do.")
@_number
@click.argument("barcode", metavar="BARCODE")
@click.option("--bench", help="Where the cell is now, if that was scanned too.")
@_reason
@actor_option
@service_options
def confirm(
    number: int, barcode: str, bench: str | None, reason: str, actor: str, lab_path: Path | None, url: str | None
) -> None:
    """Confirm what a campaign has asked a person to do, by scanning the BARCODE of the cell."""
    from orchestrator.cli.models import build
    from orchestrator.web.models.campaign import Scan

    scan = build(Scan, barcode=barcode, bench=bench, actor=actor, reason=reason)
    with open_client(lab_path, url) as client:
        click.echo(client.confirm_campaign(number, scan).message)


def _request(file: str, cells: dict[str, str], benches: dict[str, str], actor: str) -> CampaignStart:
    from orchestrator.cli.campaign_file import listed, read_files
    from orchestrator.cli.models import build
    from orchestrator.web.models.campaign import CampaignStart

    read = read_files(file)
    values: dict[str, Any] = {"name": read.name, "source": read.source, "sources": read.protocols}
    return build(CampaignStart, **values, cells=listed(cells), benches=listed(benches), actor=actor)


def _steer(
    number: int,
    what: Literal["pause", "resume", "stop"],
    reason: str,
    actor: str,
    lab_path: Path | None,
    url: str | None,
) -> None:
    from orchestrator.cli.models import build
    from orchestrator.web.models.run import Order

    order = build(Order, actor=actor, reason=reason)
    with open_client(lab_path, url) as client:
        click.echo(client.order_campaign(number, what, order).message)
