"""``cellbench interlocks``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, duration, moment

if TYPE_CHECKING:
    from orchestrator.web.models.interlock import InterlockAnswer, TripAnswer

__all__ = ["interlocks"]


@click.command("interlocks")
@click.option("--all", "every", is_flag=True, help="Also trips that are over or acknowledged.")
@service_options
def interlocks(every: bool, lab_path: Path | None, url: str | None) -> None:
    """List the interlock rules of the lab, then what has tripped, newest first."""
    with open_client(lab_path, url) as client:
        rules, trips = client.interlocks(), client.trips(open_only=not every)
    print_table(("about", "when", "for", "does", "alarm", "from", "state"), [_rule(one) for one in rules], "no rules")
    click.echo()
    header = ("trip", "raised", "about", "state", "does", "seen")
    print_table(header, [_trip(one) for one in trips], "no trips")


def _rule(one: InterlockAnswer) -> tuple[str, ...]:
    state = f"tripped ({', '.join(map(str, one.open_trips))})" if one.open_trips else "ok"
    held = duration(one.for_s) if one.for_s else NOTHING
    return one.subject, one.condition, held, one.do, one.alarm, one.origin, state


def _trip(one: TripAnswer) -> tuple[str, ...]:
    return str(one.id), moment(one.raised_unix_s), one.subject, _state(one), one.action, one.message


def _state(one: TripAnswer) -> str:
    if one.acknowledged_by:
        return f"acknowledged by {one.acknowledged_by}"
    if one.latched:
        return "latched"
    return "open" if one.over_unix_s is None else "over"
