"""A blocking call off the event loop that nobody waits for when the process ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

__all__ = ["daemon_call"]

T = TypeVar("T")


async def daemon_call(name: str, function: Callable[[], T]) -> T:
    """Run ``function`` in a thread of its own; its exception is raised here.

    A pool would not do: its few threads serve the engine, and a process waits for them at its end, however long a
    mail server takes.
    """
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()  # a call that nobody waits for any more goes on to its end

    def call() -> None:
        try:
            value = function()
        except Exception as error:  # noqa: BLE001 - handed to the caller
            future.set_exception(error)
        else:
            future.set_result(value)

    threading.Thread(target=call, name=name, daemon=True).start()
    return await asyncio.wrap_future(future)
