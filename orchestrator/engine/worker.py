"""One thread per instrument: blocking libraries run there and nobody else touches that instrument."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

__all__ = ["InstrumentWorker"]

P = ParamSpec("P")
T = TypeVar("T")


class InstrumentWorker:
    """Calls into one instrument, strictly one after the other, off the event loop."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"instrument-{name}")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` in the instrument's thread; its exception is raised here."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: function(*args, **kwargs))

    def close(self) -> None:
        """Wait for the call under way (every exchange has a time-out) and end the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)
