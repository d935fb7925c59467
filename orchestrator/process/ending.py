"""The wish of whoever supervises us that we end: SIGTERM, or Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

__all__ = ["on_ending"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_ending(loop: asyncio.AbstractEventLoop, wish: Callable[[], object]) -> None:
    """Call ``wish`` in the loop when the process is asked to end. To be called in the main thread.

    Windows' loops take no signal handlers; there Python's own handler, which a Ctrl-C of the service wrapper reaches,
    hands the wish over.
    """
    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, wish)
        except NotImplementedError:
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(wish))
