"""Named places at which a process can be made to die, for tests; nothing happens anywhere else.

``CELLBENCH_CRASH_AT=NAME``, ``NAME:3`` (the third time that this process comes by) or ``NAME:1:all`` (with its whole
process group, as in a power cut), several separated by commas: the process says where it is, and kills itself there
with the signal that nothing can catch.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from enum import StrEnum
from functools import cache
from threading import Lock

__all__ = ["DIES_AT", "VARIABLE", "reached"]

VARIABLE = "CELLBENCH_CRASH_AT"
DIES_AT = "cellbench: dies at "
_ALL = "all"
_seen: Counter[str] = Counter()
_lock = Lock()


def reached(point: StrEnum) -> None:
    """Die here, if the environment says so. Called from any thread; costs a look into a dictionary."""
    armed = os.environ.get(VARIABLE)
    if armed is not None and point in _points(armed):
        _reached_armed(point, *_points(armed)[point])


@cache
def _points(armed: str) -> dict[str, tuple[int, bool]]:
    """How many times to come by, and whether everybody dies, by point."""
    parts = [entry.split(":") for entry in armed.split(",")]
    return {name: (int(rest[0]) if rest else 1, _ALL in rest[1:]) for name, *rest in parts}


def _reached_armed(point: StrEnum, nth: int, everybody: bool) -> None:
    with _lock:  # held until death: nobody else dies elsewhere
        _seen[point] += 1
        if _seen[point] == nth:
            os.write(2, f"{DIES_AT}{point}\n".encode())
            if everybody and os.name == "posix":
                os.killpg(0, signal.SIGKILL)
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows ends a process by any signal
