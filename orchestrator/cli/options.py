"""Options that several commands share: the lab file, the address of the service, who is acting."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from orchestrator.cli.refusal import CommandRefused

if TYPE_CHECKING:
    from orchestrator.client import Client
    from orchestrator.config import Lab

__all__ = ["actor_option", "find_lab", "lab_file_path", "lab_option", "open_client", "require_lab", "service_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_HERE = Path("lab.yaml")
TOKEN_VARIABLE = "CELLBENCH_TOKEN"  # noqa: S105 - its name

lab_option = click.option(
    "--lab",
    "lab_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="CELLBENCH_LAB",
    help="Lab file.  [default: $CELLBENCH_LAB, else ./lab.yaml]",
)
_url_option = click.option(
    "--url", envvar="CELLBENCH_URL", help="Address of the service.  [default: $CELLBENCH_URL, else from the lab file]"
)
actor_option = click.option(
    "--as",
    "actor",
    default=getpass.getuser,
    show_default="your login name",
    help="Who is acting, for the event log, where the lab has no logins.",
)


def service_options(command: _Command) -> _Command:
    """``--lab`` and ``--url``: how a command finds the service."""
    return lab_option(_url_option(command))


def lab_file_path(lab_path: Path | None) -> Path:
    """The lab file that was named, else the one of this folder, whether it is there or not."""
    return (lab_path or _HERE).absolute()


def find_lab(lab_path: Path | None) -> Lab | None:
    """The lab that was named, else ./lab.yaml if there is one. Raises LabFileError."""
    if lab_path is None and not _HERE.is_file():
        return None
    from orchestrator.config import read_lab

    return read_lab(lab_path or _HERE)


def require_lab(lab_path: Path | None) -> Lab:
    """As :func:`find_lab`; refuses where there is none."""
    lab = find_lab(lab_path)
    if lab is None:
        raise CommandRefused("no lab file: name one with --lab FILE or CELLBENCH_LAB, or go to the folder of lab.yaml")
    return lab


def open_client(lab_path: Path | None, url: str | None) -> Client:
    """A client of the service that ``--url`` names, else of the lab file's, else of this machine's default port."""
    from orchestrator.client import Client
    from orchestrator.config.lab import WebPlace

    if url is None:
        lab = find_lab(lab_path)
        url = (lab.web if lab else WebPlace()).url
    return Client(url, token=os.environ.get(TOKEN_VARIABLE) or None)
