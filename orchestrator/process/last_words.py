"""What a process says before it ends itself: a line in a file, which the next one finds, and all stacks in its log.

What stands still may hold a lock of the log, the disk, or a pipe that nobody empties. So each is said in a thread of
its own, directly, and is given up after some seconds.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.export.atomic_file import atomic_file

__all__ = ["LastWords"]

_LOG = logging.getLogger(__name__)
_SAID_WITHIN_S = 3.0
_STDERR = 2


class LastWords:
    """In ``path``, and on the standard error."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, line: str) -> None:
        """Say why this process ends now. Takes some seconds at most; whatever cannot be said is not."""
        at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        _within(_SAID_WITHIN_S, lambda: self._leave(at, line))
        _within(_SAID_WITHIN_S, lambda: _log(f"{at} ended itself: {line}; all its threads:\n\n{_all_stacks()}\n"))

    def found(self) -> tuple[str, str] | None:
        """When and why the process before this one ended itself; None: it did not."""
        try:
            at, _, line = self.path.read_text(encoding="utf-8", errors="replace").partition("\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            _LOG.error("whether the process before this one ended itself cannot be read: %s", error)
            return None
        return at, line.strip()

    def forget(self) -> None:
        """It has been told."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            _LOG.error("the next process will tell again how one ended itself: %s", error)

    def _leave(self, at: str, line: str) -> None:
        with atomic_file(self.path) as file:
            file.write(f"{at}\n{line}\n".encode())


def _within(limit_s: float, say: Callable[[], None]) -> None:
    saying = threading.Thread(target=say, name="last-words", daemon=True)
    saying.start()
    saying.join(limit_s)


def _log(text: str) -> None:
    left = text.encode(errors="replace")
    while left:
        left = left[os.write(_STDERR, left) :]


def _all_stacks() -> str:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames()  # noqa: SLF001 - the documented way to other threads' stacks
    return "\n".join(
        f"thread {names.get(number, number)}\n{''.join(traceback.format_stack(frame))}"
        for number, frame in frames.items()
    )
