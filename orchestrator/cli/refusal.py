"""What a command says when it does not do what was asked: one line per problem, exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO, Any

import click

__all__ = ["CommandRefused", "problems_of", "refusal_classes"]

_REFUSALS = (
    ("orchestrator.client.error", "ClientError"),
    ("orchestrator.config.lab_file", "LabFileError"),
    ("orchestrator.launch.refusal", "LaunchRefused"),
    ("orchestrator.store.errors", "StoreError"),
    ("orchestrator.web.refusal", "WebRefused"),
    ("protocols.errors", "ProtocolErrors"),
    ("drivers.errors", "DriverError"),
    ("simulators.faults.fault_file", "FaultFileError"),
    ("simulators.lab.lab_file", "LabFileError"),
)
"""Module and class of every error whose text is meant for the person at the prompt."""


class CommandRefused(click.ClickException):
    """The command was understood and not carried out."""

    exit_code = 1

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("; ".join(self.problems))

    def show(self, file: IO[Any] | None = None) -> None:
        """One line per problem on stderr."""
        for problem in self.problems:
            click.echo(one_line(problem), file=file, err=file is None)


def refusal_classes() -> tuple[type[Exception], ...]:
    """Error classes that are a refusal, of the modules imported so far: what is not imported was not raised."""
    loaded = [(sys.modules[module], name) for module, name in _REFUSALS if module in sys.modules]
    return (OSError, *(getattr(module, name) for module, name in loaded if hasattr(module, name)))


def problems_of(error: Exception) -> tuple[str, ...]:
    """The lines that an error carries: one for each thing that is wrong, else its own text."""
    problems = getattr(error, "problems", None) or getattr(error, "errors", None)
    if isinstance(problems, tuple) and problems:
        return tuple(str(problem) for problem in problems)
    if isinstance(error, OSError) and error.strerror:
        return (f"{error.filename}: {error.strerror}" if error.filename else error.strerror,)
    return (str(error) or type(error).__name__,)


def one_line(text: str) -> str:
    """Text with every line break and run of blanks made one blank."""
    return " ".join(text.split())
