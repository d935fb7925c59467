"""One thread per instrument: blocking libraries run there and nobody else touches that instrument."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from drivers.errors import DriverError
from drivers.exchanged import tell_of_exchanges

__all__ = ["InstrumentWorker", "UnderWay"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call that has not come back yet."""

    thread: int
    """Its identifier, as :func:`threading.get_ident` gives it."""
    since_s: float
    """On the process's monotonic clock."""


class InstrumentWorker:
    """Calls into one instrument, strictly one after the other, off the event loop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.outcomes: Counter[str] = Counter()
        """Calls that came back: ``ok``, or the kind of the driver's error."""
        self.under_way: UnderWay | None = None
        self.exchanges = 0
        """Exchanges with the instrument that came back so far; a call may make many."""
        self._thread = ThreadPoolExecutor(
            max_workers=1,
            thread_name_prefix=f"instrument-{name}",
            initializer=tell_of_exchanges,
            initargs=(self._exchanged,),
        )

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the instrument's thread; its exception is raised here."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._noted(lambda: function(*args, **kwargs))
        )

    def close(self) -> None:
        """Wait for the call under way (every exchange has a time-out) and end the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _exchanged(self) -> None:
        self.exchanges += 1

    def _noted(self, function: Callable[[], T]) -> T:
        self.under_way = UnderWay(threading.get_ident(), time.monotonic())
        try:
            value = function()
        except DriverError as error:
            self.outcomes[type(error).__name__.lower()] += 1
            raise
        else:
            self.outcomes["ok"] += 1
            return value
        finally:
            self.under_way = None
