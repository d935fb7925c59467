"""The driver's side of the process that owns EClib: each call has a time limit, beyond which it is killed."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from drivers.errors import DriverError, Garbled, Refused, Unreachable
from drivers.exchanged import exchanged

__all__ = ["ChildLink"]

_LOG = logging.getLogger(__name__)
_ERRORS: Mapping[str, type[DriverError]] = {"Refused": Refused, "Garbled": Garbled}
_SPAWN_s = 20.0
"""For the interpreter and its imports, on a machine that is busy."""
_END_s = 15.0


class ChildLink:
    """Spawns when something is asked, and again after the process was killed or has ended."""

    def __init__(self, settings: Mapping[str, object], timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()

    @property
    def pid(self) -> int | None:
        """Of the process; None where there is none."""
        return self._process.pid if self._process is not None else None

    def call(self, operation: str, *, timeout: float | None = None, **arguments: object) -> Any:
        """Ask and wait. Raises what the answer says, or Unreachable: ``sent`` where it may have been carried out."""
        if self._process is None or self._process.poll() is not None:
            self._spawn()
        return self._ask({"op": operation, "arguments": arguments}, timeout or self._timeout, sent=True)

    def close(self) -> None:
        """Let the process end by itself, with what it has in hand."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_END_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._join()

    def _spawn(self) -> None:
        self._kill()
        self._answers = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drivers.biologic.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=_environment(),
        )
        self._reader = threading.Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True)
        self._reader.start()
        try:
            self._ask(self._settings, self._timeout + _SPAWN_s, sent=False)
        except DriverError:
            self._kill()
            raise

    def _ask(self, request: Mapping[str, object], timeout: float, *, sent: bool) -> Any:
        process = self._process
        assert process is not None  # noqa: S101  call() has spawned it
        assert process.stdin is not None  # noqa: S101  a pipe was asked for
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._kill()
            raise Unreachable(f"EClib has not answered for {timeout:g} s; its process was killed", sent=sent) from None
        except OSError:  # the pipe is broken: it has ended
            line = None
        if line is None or not line.endswith("\n"):  # it was killed, perhaps while it wrote
            self._kill()
            raise Unreachable("the process that owns EClib has ended; the next call starts another", sent=sent)
        exchanged()
        return _result(json.loads(line))

    def _kill(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            if process.stdin is not None:
                try:
                    process.stdin.close()
                except OSError as error:
                    _LOG.debug("nobody was left to read the last request: %s", error)
            self._join()

    def _join(self) -> None:
        """Wait until the reader has seen the end of the answers and closed the pipe."""
        if self._reader is not None:
            self._reader.join()
            self._reader = None


def _result(answer: Mapping[str, Any]) -> Any:
    if "ok" in answer:
        return answer["ok"]
    if answer["error"] == "Unreachable":
        raise Unreachable(answer["message"], sent=answer["sent"])
    raise _ERRORS[answer["error"]](answer["message"])


def _read(pipe: IO[str] | None, answers: queue.Queue[str | None]) -> None:
    assert pipe is not None  # noqa: S101  a pipe was asked for
    with pipe:
        for line in pipe:
            answers.put(line)
    answers.put(None)


def _environment() -> dict[str, str]:
    """Let the process import what this one imports, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
