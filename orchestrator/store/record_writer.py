"""Batches into one transaction: what is new of their records and spectra, the cursor behind them, cycles, levels."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS, Columns
from orchestrator.store.cycle_counts import add_cycles
from orchestrator.store.errors import StoreError
from orchestrator.store.known_rows import new_rows
from orchestrator.store.levels import add_levels
from orchestrator.store.owed import Owed
from orchestrator.store.record_job import RecordJob
from orchestrator.store.record_rows import insert_records
from orchestrator.store.segment_tail import SegmentTail, load_tail
from orchestrator.store.seq_range import last_seq_of
from orchestrator.store.spectrum_rows import insert_points
from orchestrator.store.tail_rows import write_tails

__all__ = ["RecordWriter"]

_TAILS = 4096
"""Segments remembered at most; any other is looked up again."""


@dataclass(slots=True)
class _Pending:
    """Admitted to the transaction, not yet written."""

    tails: dict[int, SegmentTail] = field(default_factory=dict)
    records: list[tuple[int, Columns]] = field(default_factory=list)
    points: list[tuple[int, Columns]] = field(default_factory=list)

    def add(self, tail: SegmentTail, records: Columns, points: Columns) -> None:
        """Take what is new of one batch."""
        self.tails[tail.segment_id] = tail
        if len(records["seq"]):
            self.records.append((tail.segment_id, records))
        if points:
            self.points.append((tail.segment_id, points))

    def flush(self, connection: Connection) -> None:
        """Write it: once for all segments together, since each numpy call and statement costs the same."""
        if self.records:
            segment_id, columns = _joined(self.records, tuple(RECORD_COLUMNS))
            insert_records(connection, segment_id, columns)
            present, owner = np.unique(segment_id, return_inverse=True)
            counted = [self.tails[segment] for segment in present.tolist()]
            add_cycles([tail.cycles for tail in counted], columns, owner)
            add_levels([tail.levels for tail in counted], columns, owner)
        if self.points:
            insert_points(connection, *_joined(self.points, tuple(SPECTRUM_COLUMNS)))
        write_tails(connection, self.tails.values())
        self.tails.clear()
        self.records.clear()
        self.points.clear()


class RecordWriter:
    """Writes jobs in order; refuses what would double a row or leave a hole. Used by one thread."""

    def __init__(self) -> None:
        self._tails: OrderedDict[int, SegmentTail] = OrderedDict()
        self._owed = Owed()

    def write(self, connection: Connection, jobs: Sequence[RecordJob]) -> dict[int, StoreError]:
        """Write all jobs but those that are refused; these are returned by their place in ``jobs``."""
        refused: dict[int, StoreError] = {}
        pending = _Pending()
        # By run and segment: what stands behind a refused batch is of the same other test.
        broken: dict[tuple[int, int], StoreError] = {}
        for place, job in enumerate(jobs):
            try:
                if (job.run_id, job.segment_id) in broken:
                    raise broken[job.run_id, job.segment_id]
                self._admit(connection, job, pending)
            except StoreError as error:
                refused[place] = broken[job.run_id, job.segment_id] = error
                self._owed.refused(job)
        pending.flush(connection)
        while len(self._tails) > _TAILS:
            self._tails.popitem(last=False)
        return refused

    def forget(self, jobs: Iterable[RecordJob]) -> None:
        """Take note that these jobs were rolled back: their segments are looked up again, nothing overtakes them."""
        jobs = list(jobs)
        for job in jobs:
            self._tails.pop(job.segment_id, None)
        self._owed.rolled_back(jobs)

    def _admit(self, connection: Connection, job: RecordJob, pending: _Pending) -> None:
        tail = self._tail(connection, job.segment_id)
        if tail.run_id != job.run_id:
            raise StoreError(f"segment {job.segment_id} belongs to run {tail.run_id}, not to run {job.run_id}")
        if job.segment_id in self._owed:
            stored = {"records": tail.last_seq, "spectra": _last_point(connection, tail)}
            self._owed.require_no_hole(job, stored)
        columns, points, first_seq = job.columns, job.spectra, job.first_seq
        if first_seq is not None and first_seq <= tail.last_seq:
            pending.flush(connection)
            columns = new_rows(connection, tail.segment_id, columns, tail.last_seq, "records")
        if points:
            points = _new_points(connection, tail, points, pending)
        if (first_seq or job.spectra) and not (len(columns["seq"]) or points):
            return  # all of it came before: the stored cursor is behind it, and stays
        tail.move(columns, points, job.cursor)
        pending.add(tail, columns, points)

    def _tail(self, connection: Connection, segment_id: int) -> SegmentTail:
        tail = self._tails.get(segment_id)
        if tail is None:
            tail = self._tails[segment_id] = load_tail(connection, segment_id)
        self._tails.move_to_end(segment_id)
        return tail


def _joined(
    batches: list[tuple[int, Columns]], names: Sequence[str]
) -> tuple[npt.NDArray[np.int64], dict[str, npt.NDArray[np.generic]]]:
    """Rows of all batches, segment by segment, beside whose each is."""
    batches = sorted(batches, key=itemgetter(0))
    columns = {name: np.concatenate([batch[name] for _, batch in batches]) for name in names}
    return np.repeat([segment for segment, _ in batches], [len(batch["seq"]) for _, batch in batches]), columns


def _last_point(connection: Connection, tail: SegmentTail) -> int:
    if tail.last_point is None:
        tail.last_point = last_seq_of(connection, tail.segment_id, "spectra") or 0
    return tail.last_point


def _new_points(connection: Connection, tail: SegmentTail, points: Columns, pending: _Pending) -> Columns:
    """Return the points behind the last one stored, none as an empty mapping. Raises StoreError as ``new_rows``."""
    last = _last_point(connection, tail)
    if points["seq"][0] <= last:
        pending.flush(connection)
        points = new_rows(connection, tail.segment_id, points, last, "spectra")
    return points if len(points["seq"]) else {}
