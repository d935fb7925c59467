"""The Recorder as the event loop sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import sqlalchemy as sa

from drivers.contracts import Batch
from orchestrator.spool.spool import Spool
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.recorder import Recorder

__all__ = ["Writer"]

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class Writer:
    """Awaits what must be stored before going on, posts what may follow, and keeps aside what the database refuses."""

    def __init__(self, recorder: Recorder, spool: Spool | None = None) -> None:
        self._recorder = recorder
        self._spool = spool

    @property
    def backlog(self) -> int:
        """How many records and changes wait to be committed, those in the spool too."""
        return self._recorder.backlog + (self._spool.entries if self._spool is not None else 0)

    async def write(self, change: Callable[[sa.Connection], T]) -> T:
        """Commit a change. Raises StoreUnavailable when it could not be stored."""
        return await asyncio.wrap_future(self._recorder.write(change))

    async def record_all(self, batches: Sequence[tuple[int, int, Batch]]) -> list[StoreError | None]:
        """Commit the (run, segment, records) of one look, each with the cursor behind it.

        Returns for each why it was refused, or None. Raises StoreUnavailable: then read again from the stored cursors.
        """
        if not batches:
            return []
        futures = self._submit(batches)
        await asyncio.wrap_future(_all_of(futures))
        refused: dict[int, StoreError] = {}  # by segment: what follows a refused batch is not stored either
        outcomes: list[StoreError | None] = []
        for (_, segment_id, _), future in zip(batches, futures, strict=True):
            error = future.exception()
            if isinstance(error, StoreError) and (segment_id in refused or not isinstance(error, StoreUnavailable)):
                refused.setdefault(segment_id, error)
            elif error is not None:
                raise error
            outcomes.append(refused.get(segment_id))
        return outcomes

    async def keep(self, kind: str, facts: Mapping[str, Any]) -> bool:
        """Put on the disk what nobody else has, until the database is back. False: it is in memory only."""
        return self._spool is not None and await self._spool.keep(kind, facts)

    async def replay(self) -> None:
        """Commit what was kept aside. Raises StoreUnavailable."""
        if self._spool is not None and self._spool.entries:
            await self._spool.replay()

    def _submit(self, batches: Sequence[tuple[int, int, Batch]]) -> list[Future[None]]:
        """One future a batch, all in one commit; a malformed one takes along only what follows it in its segment."""
        try:
            return self._recorder.record_all(batches)
        except StoreUnavailable:
            raise
        except StoreError:  # whole as they are, none of them has been taken
            return self._submit_one_by_one(batches)

    def _submit_one_by_one(self, batches: Sequence[tuple[int, int, Batch]]) -> list[Future[None]]:
        malformed: dict[int, StoreError] = {}  # by segment
        futures: list[Future[None]] = []
        for run_id, segment_id, batch in batches:
            future: Future[None] = Future()
            try:
                if segment_id in malformed:
                    raise malformed[segment_id]
                future = self._recorder.record(run_id, segment_id, batch)
            except StoreUnavailable:
                raise
            except StoreError as error:
                malformed[segment_id] = error
                future.set_exception(error)
            futures.append(future)
        return futures

    def post(self, change: Callable[[sa.Connection], object]) -> None:
        """Commit a change some time soon; only what the next tick would write anew may be posted."""
        self._recorder.write(change).add_done_callback(_log_failure)


def _all_of(futures: Sequence[Future[None]]) -> Future[None]:
    """One future for several, so that the event loop is woken once: when all are done, well or not."""
    together: Future[None] = Future()
    left = len(futures)  # counted down in the Recorder's thread alone

    def one_is_done(_: Future[None]) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            together.set_result(None)

    for future in futures:
        future.add_done_callback(one_is_done)
    return together


def _log_failure(future: Future[object]) -> None:
    error = future.exception()
    if isinstance(error, StoreError):
        _LOG.warning("not stored: %s", error)
    elif error is not None:
        raise error
