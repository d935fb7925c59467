"""Batches of records into one transaction: what is new of them, the cursor behind them, their cycles and levels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection

from drivers.contracts import RECORD_COLUMNS, Columns
from orchestrator.store.cycle_counts import add_cycles
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.levels import add_levels
from orchestrator.store.read_columns import read_columns
from orchestrator.store.record_rows import insert_records
from orchestrator.store.segment_tail import SegmentTail, load_tail
from orchestrator.store.tail_rows import write_tails

__all__ = ["RecordJob", "RecordWriter"]

_TAILS = 4096
"""Segments remembered at most; any other is looked up again."""
_COMPARED = ("seq", "cycle", "step", "test_time_s", "voltage_V", "current_A", "step_capacity_Ah")
"""Columns by which a record that comes again is known to be the same."""


@dataclass(frozen=True, slots=True)
class RecordJob:
    """A checked batch on its way to the database."""

    run_id: int
    segment_id: int
    columns: Columns
    cursor: str
    future: Future[None] = field(default_factory=Future)

    @property
    def weight(self) -> int:
        """Records in it, at least 1."""
        return max(1, len(self.columns["seq"]))

    @property
    def first_seq(self) -> int | None:
        """Sequence number of the first record, None if there is none."""
        return int(self.columns["seq"][0]) if len(self.columns["seq"]) else None


class RecordWriter:
    """Writes jobs in order; refuses what would double a record or leave a hole. Used by one thread."""

    def __init__(self) -> None:
        self._tails: OrderedDict[int, SegmentTail] = OrderedDict()
        self._owed: dict[int, int] = {}  # by segment: a batch failed, so the next one must begin here or before

    def write(self, connection: Connection, jobs: Sequence[RecordJob]) -> dict[int, StoreError]:
        """Write all jobs but those that are refused; these are returned by their place in ``jobs``."""
        refused: dict[int, StoreError] = {}
        pending: list[tuple[SegmentTail, Columns]] = []
        # By run and segment: what stands behind a refused batch is of the same other test.
        broken: dict[tuple[int, int], StoreError] = {}
        for place, job in enumerate(jobs):
            try:
                if (job.run_id, job.segment_id) in broken:
                    raise broken[job.run_id, job.segment_id]
                self._admit(connection, job, pending)
            except StoreError as error:
                refused[place] = broken[job.run_id, job.segment_id] = error
                self._owe(job)
        _flush(connection, pending)
        while len(self._tails) > _TAILS:
            self._tails.popitem(last=False)
        return refused

    def forget(self, jobs: Iterable[RecordJob]) -> None:
        """Take note that these jobs were rolled back: their segments are looked up again, nothing overtakes them."""
        for job in jobs:
            self._tails.pop(job.segment_id, None)
            self._owe(job)

    def _owe(self, job: RecordJob) -> None:
        if job.first_seq is not None:
            self._owed[job.segment_id] = min(job.first_seq, self._owed.get(job.segment_id, job.first_seq))

    def _admit(self, connection: Connection, job: RecordJob, pending: list[tuple[SegmentTail, Columns]]) -> None:
        tail = self._tail(connection, job.segment_id)
        if tail.run_id != job.run_id:
            raise StoreError(f"segment {job.segment_id} belongs to run {tail.run_id}, not to run {job.run_id}")
        self._require_no_hole(tail, job)
        columns = job.columns
        if job.first_seq is not None and job.first_seq <= tail.last_seq:
            _flush(connection, pending)
            columns = _new_records(connection, tail, columns)
            if not len(columns["seq"]):
                return  # all of it came before: the stored cursor is behind it, and stays
        self._owed.pop(job.segment_id, None)
        tail.move(columns, job.cursor)
        pending.append((tail, columns))

    def _require_no_hole(self, tail: SegmentTail, job: RecordJob) -> None:
        owed = self._owed.get(job.segment_id)
        if owed is not None and (job.first_seq is None or job.first_seq > max(owed, tail.last_seq + 1)):
            raise StoreUnavailable(
                f"segment {job.segment_id}: an earlier batch (from record {owed}) was not stored; read again from the "
                f"stored cursor, behind record {tail.last_seq}"
            )

    def _tail(self, connection: Connection, segment_id: int) -> SegmentTail:
        tail = self._tails.get(segment_id)
        if tail is None:
            tail = self._tails[segment_id] = load_tail(connection, segment_id)
        self._tails.move_to_end(segment_id)
        return tail


def _flush(connection: Connection, pending: list[tuple[SegmentTail, Columns]]) -> None:
    """Write what is pending: once for all segments together, since each numpy call and statement costs the same."""
    tails = {tail.segment_id: tail for tail, _ in pending}
    batches = sorted(
        ((tail.segment_id, columns) for tail, columns in pending if len(columns["seq"])), key=itemgetter(0)
    )
    if batches:
        columns = {name: np.concatenate([batch[name] for _, batch in batches]) for name in RECORD_COLUMNS}
        segment_id = np.repeat([segment for segment, _ in batches], [len(batch["seq"]) for _, batch in batches])
        insert_records(connection, segment_id, columns)
        present, owner = np.unique(segment_id, return_inverse=True)
        counted = [tails[segment] for segment in present.tolist()]
        add_cycles([tail.cycles for tail in counted], columns, owner)
        add_levels([tail.levels for tail in counted], columns, owner)
    write_tails(connection, tails.values())
    pending.clear()


def _new_records(connection: Connection, tail: SegmentTail, columns: Columns) -> Columns:
    """Return the records behind the last one stored. Raises StoreError unless those before it equal the stored."""
    seq = columns["seq"]
    known = int(np.searchsorted(seq, tail.last_seq, side="right"))
    stored = read_columns(connection, tail.segment_id, int(seq[0]), int(seq[known - 1]), _COMPARED)
    for name in _COMPARED:
        if not np.array_equal(stored[name], columns[name][:known]):
            raise StoreError(
                f"segment {tail.segment_id}: records {seq[0]}..{seq[known - 1]} came again with another {name}; "
                "the instrument's memory is of another test, so nothing of it is stored"
            )
    return {name: column[known:] for name, column in columns.items()}
