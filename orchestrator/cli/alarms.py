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
@click.argument("alarm", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="What was found and done.")
@actor_option
@service_options
def ack(alarm: int, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Acknowledge an alarm, with a reason."""
    with open_client(lab_path, url) as client:
        one = client.acknowledge(alarm, actor, reason)
    click.echo(f"alarm {one.id} acknowledged by {one.acknowledged_by}: {one.acknowledged_reason}")


def _state(one: AlarmAnswer) -> str:
    state = "open" if one.cleared_unix_s is None else "over"
    return f"{state}, seen by {one.acknowledged_by}" if one.acknowledged_by else state
