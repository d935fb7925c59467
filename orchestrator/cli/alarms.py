"""``cellbench alarms``, ``cellbench alarms test`` and ``cellbench ack``."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import actor_option, open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import moment

if TYPE_CHECKING:
    from orchestrator.web.models.log import AlarmAnswer
    from orchestrator.web.models.messages import MessageAnswer, ReceiverAnswer

__all__ = ["ack", "alarms"]

_LOOK_EVERY_S = 0.3


@click.group("alarms", invoke_without_command=True)
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@service_options
@click.pass_context
def alarms(context: click.Context, every: bool, lab_path: Path | None, url: str | None) -> None:
    """List alarms whose cause is not over, newest first, and who cannot be told of them."""
    if context.invoked_subcommand is not None:
        return
    with open_client(lab_path, url) as client:
        found, receivers = client.alarms(open_only=not every), client.receivers()
    rows = [
        (str(one.id), moment(one.raised_unix_s), one.severity, one.source, _state(one), one.message) for one in found
    ]
    print_table(("alarm", "raised", "severity", "about", "state", "message"), rows, "no alarms")
    for line in _troubles(receivers):
        click.echo(line)


@alarms.command("test")
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Wait so many seconds at most.",
)
@actor_option
@service_options
def test(wait_s: float, actor: str, lab_path: Path | None, url: str | None) -> int:
    """Send a test message through every receiver, and tell what happened. Ends with 1 unless all have taken it."""
    with open_client(lab_path, url) as client:
        alarm = client.test_receivers(actor)
        ends_at = time.monotonic() + wait_s
        found = client.alarm_messages(alarm.id)
        while any(_is_waiting(one) for one in found) and time.monotonic() < ends_at:
            time.sleep(_LOOK_EVERY_S)
            found = client.alarm_messages(alarm.id)
    print_table(("receiver", "test message"), [(one.receiver, _outcome(one)) for one in found], "nobody is told")
    return int(any(one.taken_wall_unix_s is None for one in found))


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


def _troubles(receivers: Iterable[ReceiverAnswer]) -> list[str]:
    """One line for each receiver or heartbeat that fails."""
    return [
        f"{one.name}: failing since {moment(one.failing_since_wall_unix_s)}: {one.last_error}"
        + (f"; {one.waiting} messages wait" if one.waiting else "")
        for one in receivers
        if one.failures
    ]


def _is_waiting(one: MessageAnswer) -> bool:
    return one.taken_wall_unix_s is None and one.dropped is None


def _outcome(one: MessageAnswer) -> str:
    if one.dropped is not None:
        return f"NOT taken: {one.dropped}"
    return "taken" if one.taken_wall_unix_s is not None else "not tried yet; is the node running?"
