"""``cellbench pause``, ``resume``, ``confirm`` and ``stop``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from orchestrator.cli.options import actor_option, find_lab, lab_file_path, open_client, service_options
from orchestrator.cli.refusal import CommandRefused, problems_of

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.web.models.run import Order, OrderAnswer

__all__ = ["confirm", "pause", "resume", "stop"]

_runs = click.argument("runs", metavar="RUN...", type=click.IntRange(min=1), nargs=-1)
_all = click.option("--all", "every", is_flag=True, help="Every run that has not ended.")
_reason = click.option("--reason", default="", help="Why, for the event log.")


@click.command("pause")
@_runs
@_all
@_reason
@actor_option
@service_options
def pause(runs: tuple[int, ...], every: bool, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Pause runs; those whose instrument cannot pause do so before their next segment."""
    _steer("pause", runs, every, _order(actor, reason), lab_path, url)


@click.command("resume")
@_runs
@_all
@_reason
@actor_option
@service_options
def resume(runs: tuple[int, ...], every: bool, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Let paused runs go on, and runs that wait until a person has looked at their cell."""
    _steer("resume", runs, every, _order(actor, reason), lab_path, url)


@click.command("confirm")
@_runs
@_reason
@actor_option
@service_options
def confirm(runs: tuple[int, ...], reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """Confirm that a person has done what these runs asked for; they go on."""
    if not runs:
        raise click.UsageError("name the runs to confirm")
    _steer("confirm", runs, False, _order(actor, reason), lab_path, url)


@click.command("stop")
@_runs
@_all
@_reason
@actor_option
@service_options
def stop(runs: tuple[int, ...], every: bool, reason: str, actor: str, lab_path: Path | None, url: str | None) -> None:
    """End runs: their cells are left at open circuit. A stop cannot be taken back.

    --all also writes the STOP file beside the lab file, which the node obeys even while database or service is down.
    """
    if every and not runs:
        _stop_everything(_order(actor, reason), lab_path, url)
    else:
        _steer("stop", runs, every, _order(actor, reason), lab_path, url)


def _order(actor: str, reason: str) -> Order:
    from orchestrator.cli.models import build
    from orchestrator.web.models.run import Order

    return build(Order, actor=actor, reason=reason)


def _steer(
    what: Literal["pause", "resume", "stop", "confirm"],
    runs: tuple[int, ...],
    every: bool,
    order: Order,
    lab_path: Path | None,
    url: str | None,
) -> None:
    if bool(runs) == every:
        raise click.UsageError(f"name the runs to {what}, or --all")
    with open_client(lab_path, url) as client:
        numbers = runs or tuple(run.id for run in client.runs(active=True, limit=1000).items)
        if not numbers:
            click.echo("no run is active")
        refused = [problem for run in numbers for problem in _ordered(client, run, what, order)]
    if refused:
        raise CommandRefused(refused)


def _ordered(
    client: Client, run: int, what: Literal["pause", "resume", "stop", "confirm"], order: Order
) -> tuple[str, ...]:
    """Give the order for one run; what is refused must not keep the others from theirs."""
    from orchestrator.client import ClientError, ServiceUnreachable

    try:
        click.echo(client.order(run, what, order).message)
    except ServiceUnreachable:
        raise
    except ClientError as error:
        return error.problems
    return ()


def _stop_everything(order: Order, lab_path: Path | None, url: str | None) -> None:
    """The STOP file first: it needs nobody. Then through the service, so that the database says it too."""
    from orchestrator.client import ClientError

    folder, usual_url = _where_to_stop(lab_path)
    written = folder is not None and _stop_file_written(folder, order)
    try:
        with open_client(None, url or usual_url) as client:
            _say_stopped(client.stop_all(order))
    except ClientError as error:
        if not written:
            remedy = "stop at the instrument" if folder else "name the lab file (--lab), or stop at the instrument"
            raise CommandRefused([*error.problems, remedy]) from error
        click.echo(f"{'; '.join(problems_of(error))}; a node that runs obeys the STOP file", err=True)


def _say_stopped(stopped: list[OrderAnswer]) -> None:
    for one in stopped:
        click.echo(one.message)
    if not stopped:
        click.echo("no run is active")


def _where_to_stop(lab_path: Path | None) -> tuple[Path | None, str]:
    """Folder of the STOP file, and the service's address: a mistake in the lab file keeps nobody from stopping."""
    from orchestrator.config.lab import WebPlace
    from orchestrator.config.lab_file import LabFileError

    try:
        lab = find_lab(lab_path)
    except (LabFileError, OSError) as error:
        file = lab_file_path(lab_path)
        folder = file.parent if file.is_file() else None
        meant = "; the STOP file goes beside it, where a node looks unless it names a `state_dir`" if folder else ""
        click.echo(f"{'; '.join(problems_of(error))}{meant}", err=True)
        return folder, WebPlace().url
    return (lab.state_dir, lab.web.url) if lab else (None, WebPlace().url)


def _stop_file_written(folder: Path, order: Order) -> bool:
    """Write the STOP file; where that fails, say so and return False: the service must still be asked."""
    from orchestrator.engine.stop_file import StopFile

    file = StopFile(folder)
    try:
        file.request(f"{order.actor} ({order.reason})" if order.reason else order.actor)
    except OSError as error:
        click.echo(f"the STOP file is NOT written: {'; '.join(problems_of(error))}", err=True)
        return False
    click.echo(f"STOP file written: {file.path}")
    return True
