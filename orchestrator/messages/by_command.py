"""A program of the lab's: siren, relay, telephone. It gets arguments, never a shell, and must end in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from tempfile import TemporaryFile

from orchestrator.messages.letter import Letter
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Command
from orchestrator.messages.webhook_formats import body_of

__all__ = ["run_command", "send_command"]

_SHOWN_MAX = 200


def send_command(to: Command, letter: Letter) -> None:
    """Run the program with the letter as JSON on its standard input. Raises NotDelivered unless it ends with 0."""
    told = {
        "CELLBENCH_STATE": letter.state,
        "CELLBENCH_SEVERITY": letter.severity,
        "CELLBENCH_UNACKNOWLEDGED": str(letter.unacknowledged),
        "CELLBENCH_SUBJECT": letter.subject().replace("\0", ""),
        "CELLBENCH_KEY": letter.key,
    }
    run_command(to, json.dumps(body_of(letter, "json")).encode(), told)


def run_command(command: Command, text: bytes = b"", told: Mapping[str, str] | None = None) -> None:
    """Run a program to its end. Raises NotDelivered when it cannot be started, fails, or has to be ended."""
    inherited = {name: value for name, value in os.environ.items() if name not in command.hidden}
    # Files, not pipes: what the program leaves running in the background may keep its output open.
    with TemporaryFile() as given, TemporaryFile() as said:
        given.write(text)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - the lab file's own argument list; no shell
                command.arguments,
                stdin=given,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={**inherited, **(told or {})},
                start_new_session=sys.platform != "win32",
            )
        except (OSError, ValueError) as error:
            raise NotDelivered(f"{command.arguments[0]} cannot be started: {error}") from error
        code = _wait(process, command)
        if code != 0:
            said.seek(0)
            words = said.read(_SHOWN_MAX).decode(errors="replace").strip()
            raise NotDelivered(f"{command.arguments[0]} ends with {code}{': ' if words else ''}{words}")


def _wait(process: subprocess.Popen[bytes], command: Command) -> int:
    try:
        return process.wait(command.time_limit_s)
    except subprocess.TimeoutExpired as error:
        _kill(process)
        process.wait()
        limit = f"{command.time_limit_s:g} s"
        raise NotDelivered(f"{command.arguments[0]} did not end within {limit} and was ended") from error


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The program with its children; where there are no sessions (Windows), the program alone."""
    if sys.platform == "win32":
        process.kill()
        return
    os.killpg(process.pid, signal.SIGKILL)
