"""The Recorder as the event loop sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import sqlalchemy as sa

from drivers.contracts import Batch
from orchestrator.store.errors import StoreError
from orchestrator.store.recorder import Recorder

__all__ = ["Writer"]

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class Writer:
    """Awaits what must be stored before going on, and posts what may follow."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def write(self, change: Callable[[sa.Connection], T]) -> T:
        """Commit a change. Raises StoreUnavailable when it could not be stored."""
        return await asyncio.wrap_future(self._recorder.write(change))

    async def record(self, run_id: int, segment_id: int, batch: Batch) -> None:
        """Commit records together with the cursor after them."""
        await asyncio.wrap_future(self._recorder.record(run_id, segment_id, batch))

    def post(self, change: Callable[[sa.Connection], object]) -> None:
        """Commit a change some time soon; only what the next tick would write anew may be posted."""
        self._recorder.write(change).add_done_callback(_log_failure)


def _log_failure(future: Future[object]) -> None:
    error = future.exception()
    if isinstance(error, StoreError):
        _LOG.warning("not stored: %s", error)
    elif error is not None:
        raise error
