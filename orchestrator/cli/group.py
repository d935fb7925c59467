"""A click group whose commands are imported when they are called, and whose errors are one line each."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import TracebackType
from typing import Any

import click

from orchestrator.cli.refusal import CommandRefused, one_line, problems_of, refusal_classes

__all__ = ["LazyCommand", "LazyGroup", "one_line_for_bugs"]

_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command lives and what it is for; the text is shown without importing it."""

    target: str
    """``module:attribute``."""
    summary: str


class LazyGroup(click.Group):
    """Commands by name; ``--help`` imports none of them."""

    def __init__(self, *args: Any, lazy: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table: the order in which a day in the lab uses them."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one command that was asked for."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.lazy[cmd_name].target.split(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.lazy[cmd_name].target} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table of commands, from their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in self.lazy.items()])

    def main(  # type: ignore[override]  # click's two overloads differ in standalone_mode, which is ours here
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run; end the process with 0, 1 (refused or failed) or 2 (usage). Problems go to stderr, one line each."""
        extra["standalone_mode"] = False
        try:
            code = super().main(args, prog_name or self.name, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(2)
        except click.UsageError as error:
            click.echo(_usage_line(error, prog_name or self.name), err=True)
            sys.exit(2)
        except CommandRefused as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(one_line(error.format_message()), err=True)
            sys.exit(1)
        except (click.Abort, KeyboardInterrupt):
            click.echo("interrupted", err=True)
            sys.exit(_INTERRUPTED)
        except BrokenPipeError:
            _leave_closed_pipe()
        except refusal_classes() as error:
            CommandRefused(problems_of(error)).show()
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


def one_line_for_bugs() -> None:
    """What nobody foresaw is still one line; ``CELLBENCH_TRACEBACK=1`` shows the developer the rest."""
    if os.environ.get("CELLBENCH_TRACEBACK"):
        return

    def report(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        line = one_line(f"{kind.__name__}: {error}")
        click.echo(f"internal error: {line} (set CELLBENCH_TRACEBACK=1 and report it)", err=True)

    sys.excepthook = report


def _usage_line(error: click.UsageError, program: str | None) -> str:
    path = error.ctx.command_path if error.ctx else program
    return one_line(f"{path}: {error.format_message().rstrip('.')}; see {path} --help")


def _leave_closed_pipe() -> None:
    # the reader (head, less) went away: nothing to say, and the interpreter must not flush into the closed pipe
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
