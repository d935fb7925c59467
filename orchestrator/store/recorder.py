"""The Recorder: the one thread of a process that writes measurements, many batches to a commit.

It takes everything that waits, writes it in one transaction, commits with a full fsync, and only then resolves the
futures. While it commits, the next transaction gathers: so a batch is as old as one commit takes (some 10 ms), and one
commit serves every channel that delivered meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from itertools import groupby
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from drivers.contracts import Batch
from drivers.crash_point import reached
from orchestrator.crash_points import Point
from orchestrator.store.backlog import Backlog
from orchestrator.store.errors import StoreError, is_unavailable
from orchestrator.store.record_columns import checked_columns
from orchestrator.store.record_job import RecordJob
from orchestrator.store.record_writer import RecordWriter
from orchestrator.store.spectrum_columns import checked_spectra
from orchestrator.store.transactions import unavailable

__all__ = ["Recorder"]

T = TypeVar("T")

_TRANSACTION_WEIGHT = 50_000
"""Rows in one transaction at most, about: keeps a commit short while a long backlog is worked off."""


class _ChangeJob:
    """Any other change, in its place among the records."""

    weight = 1

    def __init__(self, change: Callable[[Connection], Any]) -> None:
        self.change = change
        self.future: Future[Any] = Future()


_Job = RecordJob | _ChangeJob
_Outcome = Callable[[], None]


class Recorder:
    """Writes records and changes in the order in which they came; see the module for when they are durable.

    A future ends with None (or the change's value) once committed; with StoreUnavailable if the database failed: then
    nothing of it is stored, and the batches of that segment that were already queued behind it fail likewise, so that
    no hole is stored. The caller reads again from the stored cursor. Any other exception concerns that job alone.
    """

    def __init__(
        self, engine: Engine, *, name: str = "recorder", capacity: int = 500_000, patience_s: float = 30.0
    ) -> None:
        self._engine = engine
        self._backlog: Backlog[_Job] = Backlog(capacity, patience_s=patience_s)
        self._writer = RecordWriter()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def record(self, run_id: int, segment_id: int, batch: Batch) -> Future[None]:
        """Store records, points of spectra, the cursor behind them, and cycles and levels; all or nothing.

        What is stored already is left out if it is equal, refused with StoreError if not. Raises
        StoreError at once for a malformed batch, StoreUnavailable when the backlog stays full or is closed.
        """
        return self.record_all([(run_id, segment_id, batch)])[0]

    def record_all(self, batches: Iterable[tuple[int, int, Batch]]) -> list[Future[None]]:
        """Store what one reply brought for several (run, segment): in one commit, but each future for itself."""
        jobs = [
            RecordJob(run_id, segment_id, checked_columns(batch.columns), batch.cursor, checked_spectra(batch.spectra))
            for run_id, segment_id, batch in batches
        ]
        self._backlog.put(*jobs)
        return [job.future for job in jobs]

    def write(self, change: Callable[[Connection], T]) -> Future[T]:
        """Run ``change`` in the Recorder's thread and transaction; if it raises, it alone is rolled back."""
        job = _ChangeJob(change)
        self._backlog.put(job)
        return job.future

    @property
    def waiting(self) -> int:
        """Jobs not yet begun."""
        return len(self._backlog)

    @property
    def backlog(self) -> int:
        """Records and changes not yet begun."""
        return self._backlog.weight

    def close(self) -> None:
        """Write what waits, then end the thread. Idempotent; the engine stays open."""
        self._backlog.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while jobs := self._backlog.take(_TRANSACTION_WEIGHT):
            live = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            if live:
                self._transact(live)

    def _transact(self, jobs: list[_Job]) -> None:
        outcomes: list[_Outcome] = []
        holds_records = any(isinstance(job, RecordJob) for job in jobs)
        try:
            with unavailable(self._engine), self._engine.begin() as connection:
                for kind, group in groupby(jobs, type):
                    if kind is RecordJob:
                        outcomes += self._store(connection, [job for job in group if isinstance(job, RecordJob)])
                    else:
                        outcomes += [_change(connection, job) for job in group if isinstance(job, _ChangeJob)]
                if holds_records:
                    reached(Point.RECORDS_WRITTEN)
        except Exception as error:  # noqa: BLE001 - every caller hears of it through its future; the thread lives on
            self._writer.forget([job for job in jobs if isinstance(job, RecordJob)])
            for job in jobs:
                job.future.set_exception(error)
            return
        if holds_records:
            reached(Point.RECORDS_COMMITTED)
        for resolve in outcomes:
            resolve()

    def _store(self, connection: Connection, jobs: list[RecordJob]) -> list[_Outcome]:
        """All of them in one go; if the database takes exception to one, each for itself."""
        try:
            with connection.begin_nested():
                refusals = self._writer.write(connection, jobs)
        except DBAPIError as error:
            if is_unavailable(error):
                raise
            self._writer.forget(jobs)
            if len(jobs) == 1:
                return [_failure(jobs[0].future, _refusal(jobs[0], error))]
            return [outcome for job in jobs for outcome in self._store(connection, [job])]
        return [
            _failure(job.future, refusals[place]) if place in refusals else _success(job.future, None)
            for place, job in enumerate(jobs)
        ]


def _change(connection: Connection, job: _ChangeJob) -> _Outcome:
    try:
        with connection.begin_nested():
            value = job.change(connection)
    except Exception as error:  # handed to its caller through the future
        if isinstance(error, DBAPIError) and is_unavailable(error):
            raise
        return _failure(job.future, error)
    return _success(job.future, value)


def _refusal(job: RecordJob, error: DBAPIError) -> StoreError:
    reason = str(error.orig).splitlines()[0]
    refusal = StoreError(f"segment {job.segment_id}: the database refused records: {reason}; is a second node writing?")
    refusal.__cause__ = error
    return refusal


def _success(future: Future[Any], value: object) -> _Outcome:
    return lambda: future.set_result(value)


def _failure(future: Future[Any], error: Exception) -> _Outcome:
    return lambda: future.set_exception(error)
