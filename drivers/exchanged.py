"""Signs of life of a call into an instrument: each exchange that has come back, however many one call makes.

A call that takes long because the wire is slow is told apart by it from one that hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["exchanged", "tell_of_exchanges"]

_thread = threading.local()


def tell_of_exchanges(told: Callable[[], None]) -> None:
    """From now on ``told`` hears of each exchange that this thread makes."""
    _thread.told = told


def exchanged() -> None:
    """An exchange with an instrument has come back. Called by drivers; costs next to nothing where nobody listens."""
    told: Callable[[], None] | None = getattr(_thread, "told", None)
    if told is not None:
        told()
