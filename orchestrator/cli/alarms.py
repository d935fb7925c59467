"""``cellbench alarms`` and ``cellbench ack``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import moment

if TYPE_CHECKING:
    from orchestrator.web.models.log import AlarmAnswer

__all__ = ["ack", "alarms"]


@click.command("alarms")
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@service_options
def alarms(every: bool, lab_path: Path | None, url: str | None) -> None:
    """List alarms whose cause is not over, newest first."""
    with open_client(lab_path, url) as client:
        found = client.alarms(open_only=not every)
    rows = [
        (str(one.id), moment(one.raised_unix_s), one.severity, one.source, _state(one), one.message) for one in found
    ]
    print_table(("alarm", "raised", "severity", "about", "state", "message"), rows, "no alarms")


@click.command("ack")
@click.argument("what", nargs=-1, required=True, metavar="[trip] NUMBER")
@click.option("--reason", required=True, help="What was found and done.")
@actor_option
@service_options
def ack(what: tuple[str, ...], reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Acknowledge an alarm (its number), or a trip of an interlock (`trip` and its number), with a reason.

    While a trip waits for this nothing starts where it holds. What it has stopped or paused does not go on by itself.
    """
    kind, number = _named(what)
    with open_client(lab_path, url) as client:
        one = (client.acknowledge_trip if kind == "trip" else client.acknowledge)(number, actor, reason)
    click.echo(f"{kind} {one.id} acknowledged by {one.acknowledged_by}: {one.acknowledged_reason}")


def _named(what: tuple[str, ...]) -> tuple[str, int]:
    kind, number = ("alarm", *what) if len(what) == 1 else what[:2]
    if len(what) > 2 or kind not in ("alarm", "trip") or not number.isdecimal() or not int(number):
        raise click.UsageError("Name one alarm by its number, or one trip: `cellbench ack trip 3 --reason …`.")
    return kind, int(number)


def _state(one: AlarmAnswer) -> str:
    state = "open" if one.cleared_unix_s is None else "over"
    return f"{state}, seen by {one.acknowledged_by}" if one.acknowledged_by else state
