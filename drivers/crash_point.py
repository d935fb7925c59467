"""Named places at which a process can be made to die, for tests; nothing happens anywhere else.

``CELLBENCH_CRASH_AT=NAME``, ``NAME:3`` (the third time that it is reached) or ``NAME:1:all`` (with its whole process
group, as in a power cut): the process kills itself there, with the signal that nothing can catch.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from enum import StrEnum
from threading import Lock

__all__ = ["VARIABLE", "reached"]

VARIABLE = "CELLBENCH_CRASH_AT"
_ALL = "all"
_seen: Counter[str] = Counter()
_lock = Lock()


def reached(point: StrEnum) -> None:
    """Die here, if the environment says so. Called from any thread; costs a look into a dictionary."""
    armed = os.environ.get(VARIABLE)
    if armed is not None and armed.partition(":")[0] == point:
        _reached_armed(point, armed)


def _reached_armed(point: StrEnum, armed: str) -> None:
    _, _, rest = armed.partition(":")
    nth, _, whom = rest.partition(":")
    with _lock:
        _seen[point] += 1
        if _seen[point] == int(nth or 1):
            _die(everybody=whom == _ALL)


def _die(*, everybody: bool) -> None:
    if everybody and os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows ends a process by any signal
