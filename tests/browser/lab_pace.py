"""Lab time at the pace of a person who looks: so many lab seconds a second, while the service runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from simulators.lab.client import LabControl

_TICK_s = 0.25
_PATIENCE_s = 3600.0
"""A node that was frozen holds lab time, and this with it, until it goes on or is killed."""


class LabPace:
    """One more node of the lab, which asks to be woken a little later again and again; use as a context manager.

    Leave only when no node is frozen any more: lab time that stands still cannot be waited for.
    """

    def __init__(self, connect: Callable[[float], LabControl], speed: float) -> None:
        self.speed = speed
        """Lab seconds a second; may be changed at any time."""
        self._connect = connect  # given how long to wait for an answer
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lab pace", daemon=True)

    def __enter__(self) -> LabPace:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def _run(self) -> None:
        with self._connect(_PATIENCE_s) as control:
            control.attach("pace")
            while not self._over.is_set():
                began_s = time.monotonic()
                control.sleep(control.now() + self.speed * _TICK_s)
                self._over.wait(max(_TICK_s - (time.monotonic() - began_s), 0.0))
